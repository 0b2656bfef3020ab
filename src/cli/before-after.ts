import type { Scorecard } from '../record/index.js'
import { color, type Output } from './output.js'
import { percent } from './percent.js'
import { textTable } from './table.js'

type Measures = Scorecard['clean']

/** Prints two scorecards of the same conditions side by side: score, gain, calibration. */
export function printBeforeAfter(
  output: Output,
  names: readonly [string, string],
  [before, after]: readonly [Scorecard, Scorecard],
): void {
  const isRegression = before.clean.rmse !== undefined
  const cells = isRegression ? errorCells : accuracyCells
  const rows = after.conditions.map((condition, i) => {
    const { at, kind, levelName, level, clip } = condition
    const clipped = Array.isArray(clip) ? ', clipped' : ''
    const name = `${at} ${kind}, ${levelName} ${level}${clipped}`
    return [name, ...cells(before.conditions[i].measures, condition.measures)]
  })
  const clean = ['clean', ...cells(before.clean, after.clean)]
  const mean = ['mean under noise', ...cells(meanOf(before), meanOf(after))]
  const header = isRegression ? ['RMSE', ...names, 'change'] : ['accuracy', ...names, 'gain', 'ECE']
  output.print(textTable(header, [clean, ...rows, mean]))
}

function meanOf({ summary }: Scorecard): Measures {
  const { meanAccuracy, meanEce, meanRmse } = summary
  return { accuracy: meanAccuracy, ece: meanEce, rmse: meanRmse } as Measures
}

function accuracyCells(before: Measures, after: Measures): string[] {
  const [from = Number.NaN, to = Number.NaN] = [before.accuracy, after.accuracy]
  const gain = 100 * (to - from)
  const text = `${gain >= 0 ? '+' : ''}${gain.toFixed(1)}`
  const painted = gain >= 1 ? color.green(text) : text
  return [percent(from), percent(to), painted, `${fixed(before.ece)} -> ${fixed(after.ece)}`]
}

function errorCells(before: Measures, after: Measures): string[] {
  const [from = Number.NaN, to = Number.NaN] = [before.rmse, after.rmse]
  const change = 100 * (to / from - 1)
  const text = `${change >= 0 ? '+' : ''}${change.toFixed(1)} %`
  return [from.toPrecision(4), to.toPrecision(4), change <= -1 ? color.green(text) : text]
}

const fixed = (value = Number.NaN) => (Number.isFinite(value) ? value.toFixed(3) : '–')
