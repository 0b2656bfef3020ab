/** `--repeats N`: the same recipe with N seeds, and how far the results spread. */
import type { Scorecard } from '../record/index.js'
import type { TrainResult } from '../train/index.js'
import type { Output } from './output.js'
import { percent } from './percent.js'
import { textTable } from './table.js'

/** A figure over the runs: mean, standard deviation, and the 95 % interval of the mean. */
export interface Spread {
  readonly mean: number
  readonly standardDeviation: number
  readonly interval: readonly [low: number, high: number]
}

export interface Repeats {
  readonly schema: 'temper.repeats/1'
  readonly version: string
  readonly seed: number
  readonly device: string
  readonly threads: number
  readonly runs: readonly {
    readonly seed: number
    readonly run: string
    readonly figures: Readonly<Record<string, number>>
  }[]
  readonly summary: Readonly<Record<string, Spread>>
}

/** Two-sided 95 % points of Student's t for 1, 2, ... degrees of freedom; 1.96 from 30 on. */
const studentT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045,
]

/** mean +- t s / sqrt(n), with s the sample standard deviation. */
export function spreadOf(values: readonly number[]): Spread {
  const n = values.length
  const mean = values.reduce((a, b) => a + b, 0) / n
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const standardDeviation = n > 1 ? Math.sqrt(squares / (n - 1)) : 0
  const half = ((studentT[n - 2] ?? 1.96) * standardDeviation) / Math.sqrt(n)
  return { mean, standardDeviation, interval: [mean - half, mean + half] }
}

/** What is compared over the runs: of the test part where there is one, else of the check kept. */
export function figuresOfRun({ best, scorecard }: TrainResult): Record<string, number> {
  const from: Record<string, number | undefined> = scorecard
    ? figuresOfCard(scorecard)
    : { ...best?.figures }
  return Object.fromEntries(
    Object.entries(from).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  )
}

function figuresOfCard({ clean, summary }: Scorecard): Record<string, number | undefined> {
  const { cleanAccuracy, meanAccuracy, meanDrop, meanEce, cleanRmse, meanRmse } = summary
  return {
    ...{ cleanAccuracy, meanAccuracy, meanDrop, cleanEce: clean.ece, meanEce },
    ...{ cleanRmse, meanRmse },
  }
}

export function summaryOf(runs: Repeats['runs']): Record<string, Spread> {
  const names = Object.keys(runs[0]?.figures ?? {}).filter(name =>
    runs.every(({ figures }) => name in figures),
  )
  return Object.fromEntries(
    names.map(name => [name, within(name, spreadOf(runs.map(({ figures }) => figures[name])))]),
  )
}

/** No share is below 0 or above 1. */
function within(name: string, { interval: [low, high], ...rest }: Spread): Spread {
  const isShare = /Accuracy$|Ece$|Auroc$/.test(name)
  return { ...rest, interval: isShare ? [Math.max(0, low), Math.min(1, high)] : [low, high] }
}

/** A line a figure: mean, deviation, interval, and each run. */
export function printRepeats(output: Output, { runs, summary }: Repeats): void {
  const show = (name: string) => (value: number) =>
    /Accuracy|Drop/.test(name) ? percent(value) : value.toFixed(4)
  const rows = Object.entries(summary).map(([name, { mean, standardDeviation, interval }]) => {
    const text = show(name)
    return [
      name,
      text(mean),
      text(standardDeviation),
      interval.map(text).join(' to '),
      runs.map(({ figures }) => text(figures[name])).join(', '),
    ]
  })
  output.print(
    textTable(['figure', 'mean', 'deviation', '95 % interval of the mean', 'runs'], rows),
  )
}
