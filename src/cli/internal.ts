/** What a scorecard says of noise inside the model, and of answers that are means, in lines. */
import type { Scorecard } from '../record/index.js'
import { percent } from './percent.js'
import { textTable } from './table.js'

const shown = 12

export function uncertaintyLines({ uncertainty, clean }: Scorecard): string[] {
  if (!uncertainty) return []
  const { method, members, noise, alone } = uncertainty
  const { kind, ...level } = (noise ?? {}) as Record<string, unknown>
  const how =
    method === 'ensemble'
      ? `the mean of ${members} models`
      : `the mean of ${members} passes with ${kind} (${said(level)}) left on ${uncertainty.touches?.length} activations`
  const lines = [`answers are ${how}`]
  if (clean.mutualInformation !== undefined)
    lines.push(
      `  entropy ${number(clean.entropy)} nats: ${number(clean.expectedEntropy)} in each member, ${number(clean.mutualInformation)} between them (mutual information); variation ratio ${percent(clean.variationRatio)}`,
    )
  if (alone.accuracy !== undefined)
    lines.push(
      `  clean: NLL ${number(clean.nll)}, ECE ${number(clean.ece)}; alone: accuracy ${percent(alone.accuracy)}, NLL ${number(alone.nll)}, ECE ${number(alone.ece)}`,
    )
  return lines
}

const number = (value: number | undefined) => value?.toFixed(3) ?? '–'
const said = (level: Record<string, unknown>) =>
  Object.entries(level)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')

export function internalLines({ internal }: Scorecard): string[] {
  if (!internal) return []
  const { tolerance = [], sharpness = [], sensitivity } = internal
  return [
    ...tolerance.map(toleranceLine),
    ...sharpness.map(
      ({ rho, lossRise, interval: [low, high], draws }) =>
        `sharpness: steps of ${percent(rho)} of the norm raise the loss by ${lossRise.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)} in ${draws} draws)`,
    ),
    ...(sensitivity ? rankingLines(sensitivity) : []),
  ]
}

type Internal = NonNullable<Scorecard['internal']>

function toleranceLine(t: NonNullable<Internal['tolerance']>[number]): string {
  const level = (value: number | null) =>
    value === null ? `beyond ${t.strongest}` : value.toPrecision(3)
  const [low, high] = t.interval.map(level)
  const upTo = t.level === null ? '' : 'up to '
  return `tolerates weight ${t.kind} ${upTo}${t.levelName} ${level(t.level)} within a drop of ${percent(t.budget)} (${low} to ${high} in ${t.draws} draws)`
}

function rankingLines({ level, draws, tensors }: NonNullable<Internal['sensitivity']>): string[] {
  const rows = tensors
    .slice(0, shown)
    .map(t => [t.name, t.usedBy, percent(t.drop), t.lossRise.toFixed(4)])
  const more = tensors.length > shown ? [`  and ${tensors.length - shown} less sensitive ones`] : []
  return [
    '',
    `one tensor at a time under noise of ${percent(level)} of its largest weight, ${draws} draws:`,
    textTable(['tensor', 'used by', 'drop', 'loss rise'], rows),
    ...more,
  ]
}
