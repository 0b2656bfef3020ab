import type { Scorecard } from '../record/index.js'
import { internalLines, uncertaintyLines } from './internal.js'
import { color, type Output } from './output.js'
import { percent, thousands } from './percent.js'
import { textTable } from './table.js'

type Condition = Scorecard['conditions'][number]

/** Prints a scorecard as a table: clean, then every condition, then the summary. */
export function printScorecard(output: Output, card: Scorecard): void {
  const { model, data, suite } = card
  output.print(
    `${color.bold(model.file)} on ${data.source}, ${data.samples} samples, suite ${suite.name}`,
  )
  output.print()
  output.print(textTable(header(card), [cleanRow(card), ...card.conditions.map(conditionRow)]))
  output.print()
  output.print(summaryLine(card))
  const lines = [...uncertaintyLines(card), ...besideLines(card), ...internalLines(card)]
  for (const line of lines) output.print(line)
  for (const warning of (card as { warnings?: string[] }).warnings ?? [])
    output.note(`${color.yellow('warning:')} ${warning}`)
}

const isRegression = (card: Scorecard) => card.clean.rmse !== undefined
const isLabelled = (card: Scorecard) => isRegression(card) || card.clean.accuracy !== undefined

const isJoined = (card: Scorecard) => card.conditions.some(({ suite }) => suite !== undefined)

function header(card: Scorecard): string[] {
  return [...(isJoined(card) ? ['suite'] : []), ...columns(card)]
}

function columns(card: Scorecard): string[] {
  if (isRegression(card)) return ['condition', 'level', 'clipped', 'RMSE', 'MAE', 'R2']
  return isLabelled(card)
    ? ['condition', 'level', 'clipped', 'accuracy', '95 % interval', 'drop', 'ECE', 'flips']
    : ['condition', 'level', 'clipped', 'agreement', 'mean KL']
}

function measuresRow({
  measures: m,
  drop,
  flipRate,
}: Pick<Condition, 'measures' | 'drop' | 'flipRate'>): string[] {
  if (m.rmse !== undefined)
    return [m.rmse.toPrecision(4), m.mae?.toPrecision(4) ?? '–', m.r2?.toFixed(3) ?? '–']
  if (m.accuracy === undefined) return [percent(m.agreement), m.meanKl?.toFixed(4) ?? '–']
  const [low, high] = m.accuracyInterval ?? []
  const interval =
    low === undefined ? '–' : `${(100 * low).toFixed(1)} – ${(100 * high!).toFixed(1)}`
  return [percent(m.accuracy), interval, percent(drop), m.ece?.toFixed(3) ?? '–', percent(flipRate)]
}

function cleanRow(card: Scorecard): string[] {
  const from = isJoined(card) ? [''] : []
  return [...from, 'clean', '', '', ...measuresRow({ measures: card.clean })]
}

function conditionRow(condition: Condition): string[] {
  const { at, kind, suite, level, clip } = condition
  const clipped = Array.isArray(clip) ? `[${clip.join(', ')}]` : at === 'input' ? 'no' : ''
  const from = suite === undefined ? [] : [suite]
  return [...from, `${at} ${kind}`, levelText(condition, level), clipped, ...measuresRow(condition)]
}

/** `sigma 0.1`; of an attack in steps its radius; other levels of several fields by their severity. */
function levelText({ levelName, severity }: Condition, level: Condition['level']): string {
  if (typeof level === 'number') return `${levelName} ${Number(level.toPrecision(4))}`
  const { radius, steps } = level ?? {}
  return radius === undefined || steps === undefined
    ? `severity ${severity}`
    : `radius ${Number(radius.toPrecision(4))}`
}

function summaryLine({ summary, timing }: Scorecard): string {
  const speed = timing ? `, ${thousands(Math.round(timing.samplesPerSecond))} answers a second` : ''
  if (summary.cleanRmse !== undefined)
    return `clean RMSE ${summary.cleanRmse.toPrecision(4)}, mean under noise ${summary.meanRmse?.toPrecision(4)}${speed}`
  if (summary.cleanAccuracy === undefined)
    return `mean agreement with the clean answers ${percent(summary.meanAgreement)}${speed}`
  const { worst } = summary
  const lowest = worst
    ? `, worst ${percent(worst.accuracy)} (${worst.kind}, severity ${worst.severity})`
    : ''
  return `clean ${percent(summary.cleanAccuracy)}, mean under noise ${percent(summary.meanAccuracy)}${lowest}${speed}`
}

/** What was measured beside the suite, a line each. */
function besideLines({
  flipLevels,
  corruptionErrors,
  summary,
  conformal,
  outOfDistribution,
  ...card
}: Scorecard) {
  const lines: string[] = []
  if (corruptionErrors) {
    const { meanCorruptionError: mce, relativeMeanCorruptionError: relative } = summary
    const beside = corruptionErrors.baseline ? ` of ${corruptionErrors.baseline}'s` : ''
    const other = relative === undefined ? '' : `, relative ${percent(relative)}`
    lines.push(`mean corruption error ${percent(mce)}${beside}${other}`)
  }
  if (conformal) {
    const { source, samples, coverage } = conformal
    lines.push(
      `prediction sets for ${percent(coverage)}, fitted on ${samples} samples of ${source}:`,
    )
    for (const method of ['thr', 'aps', 'raps'])
      lines.push(`  ${method.toUpperCase().padEnd(4)}  ${setsLine(card, method)}`)
  }
  if (flipLevels) {
    const { kind, levelName, strongest, unmoved, quantiles } = flipLevels
    const at = quantiles.flatMap(({ share, level }) =>
      level === null ? [] : [`${percent(share, 0)} by ${level.toPrecision(3)}`],
    )
    const changed = at.length ? at.join(', ') : 'few'
    lines.push(
      `answers changed by ${kind} noise, ${levelName}: ${changed}; ${percent(unmoved)} hold at ${strongest.toPrecision(3)}`,
    )
  }
  if (outOfDistribution) {
    const { source, measures: m } = outOfDistribution
    const found = [
      ['the highest probability', m.auroc],
      ['energy', m.aurocEnergy],
    ] as const
    const shown = found.flatMap(([by, value]) =>
      value === undefined ? [] : [`${value.toFixed(3)} by ${by}`],
    )
    lines.push(`told from ${source}: AUROC ${shown.join(', ')}`)
  }
  return lines
}

function setsLine(
  { clean, conditions }: Pick<Scorecard, 'clean' | 'conditions'>,
  method: string,
): string {
  const noisy = conditions.flatMap(c => c.measures.conformal?.[method] ?? [])
  const mean = (of: (r: (typeof noisy)[number]) => number | undefined) =>
    noisy.length
      ? noisy.reduce((sum, r) => sum + (of(r) ?? Number.NaN), 0) / noisy.length
      : Number.NaN
  const said = (coverage: number | undefined, size = Number.NaN) =>
    `${percent(coverage)} hold the class, ${size.toFixed(2)} classes each`
  const own = clean.conformal?.[method]
  const under = noisy.length
    ? `; under noise ${said(
        mean(r => r.coverage),
        mean(r => r.size),
      )}`
    : ''
  return `clean ${said(own?.coverage, own?.size)}${under}`
}
