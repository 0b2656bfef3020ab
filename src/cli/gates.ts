import { InvalidArgumentError } from 'commander'
import { didYouMean } from '../base/index.js'
import type { Scorecard } from '../record/index.js'
import { color, type Output } from './output.js'

/** A threshold a measure must hold. */
export interface Gate {
  readonly metric: GateName
  readonly value: number
}

/** How a measure stands to its threshold, its 95 % interval considered. */
export type Verdict = 'pass' | 'fail' | 'inconclusive'

interface Measured {
  readonly value?: number
  readonly interval?: readonly [number, number]
}

type Reading = { readonly atLeast: boolean; readonly read: (card: Scorecard) => Measured }

const gates = {
  cleanAccuracy: {
    atLeast: true,
    read: ({ clean }: Scorecard) => ({ value: clean.accuracy, interval: clean.accuracyInterval }),
  },
  meanAccuracy: {
    atLeast: true,
    read: ({ summary }: Scorecard) => ({
      value: summary.meanAccuracy,
      interval: summary.meanAccuracyInterval,
    }),
  },
  worstAccuracy: { atLeast: true, read: worst },
  meanDrop: {
    atLeast: false,
    read: ({ summary }: Scorecard) => ({
      value: summary.meanDrop,
      interval: summary.meanDropInterval,
    }),
  },
  cleanEce: {
    atLeast: false,
    read: ({ clean }: Scorecard) => ({ value: clean.ece, interval: clean.eceInterval }),
  },
  meanEce: {
    atLeast: false,
    read: ({ summary }: Scorecard) => ({
      value: summary.meanEce,
      interval: summary.meanEceInterval,
    }),
  },
  rmse: {
    atLeast: false,
    read: ({ clean }: Scorecard) => ({ value: clean.rmse, interval: clean.rmseInterval }),
  },
} as const satisfies Record<string, Reading>

type GateName = keyof typeof gates

function worst({ conditions }: Scorecard): Measured {
  const known = conditions.filter(c => c.measures.accuracy !== undefined)
  if (!known.length) return {}
  const { measures } = known.reduce((a, b) => (b.measures.accuracy! < a.measures.accuracy! ? b : a))
  return { value: measures.accuracy, interval: measures.accuracyInterval }
}

/** Reads `metric=value`, adding to those before. */
export function readGate(text: string, before: readonly Gate[] = []): Gate[] {
  const [metric, value] = text.split('=')
  const names = Object.keys(gates)
  if (!names.includes(metric))
    throw new InvalidArgumentError(
      `Expected one of ${names.join(', ')} before "=", received "${metric}".${didYouMean(metric, names)}`,
    )
  if (!value?.trim() || !Number.isFinite(Number(value)))
    throw new InvalidArgumentError(`Expected a number after "=", received "${value ?? ''}".`)
  return [...before, { metric: metric as GateName, value: Number(value) }]
}

/** Whether the measure holds, as sure as its interval allows. */
export function judge({ metric, value: limit }: Gate, card: Scorecard): Verdict {
  const { atLeast, read } = gates[metric]
  const { value, interval = [value, value] } = (read as (card: Scorecard) => Measured)(card)
  const [low, high] = interval
  if (value === undefined) return 'fail'
  if (low === undefined || high === undefined) return 'inconclusive'
  const holds = (x: number) => (atLeast ? x >= limit : x <= limit)
  if (holds(low) && holds(high)) return 'pass'
  return holds(low) || holds(high) ? 'inconclusive' : 'fail'
}

/** A gate with its verdict, in words. */
export interface JudgedGate {
  /** `cleanAccuracy at least 0.9` */
  readonly name: string
  readonly verdict: Verdict
  /** What was measured, and what the interval leaves open. */
  readonly sentence: string
}

export function judgeAll(asked: readonly Gate[], card: Scorecard): JudgedGate[] {
  return asked.map(gate => {
    const { atLeast, read } = gates[gate.metric]
    const { value, interval } = (read as (card: Scorecard) => Measured)(card)
    const verdict = judge(gate, card)
    return {
      name: `${gate.metric} ${atLeast ? 'at least' : 'at most'} ${gate.value}`,
      verdict,
      sentence: sentenceOf(value, interval, verdict),
    }
  })
}

function sentenceOf(
  value: number | undefined,
  interval: Measured['interval'],
  verdict: Verdict,
): string {
  if (value === undefined) return 'it was not measured: these data, or this model, have none'
  const number = (x: number) => String(Number(x.toPrecision(4)))
  const ends = interval ? `, 95 % interval ${interval.map(number).join(' to ')}` : ''
  const why = verdict === 'inconclusive' ? '; more samples would decide' : ''
  return `measured ${number(value)}${ends}${why}`
}

interface GateOptions {
  readonly strict: boolean
  readonly output: Output
}

/** Prints each gate's verdict; 4 when one fails (with `strict`: or is inconclusive), else 0. */
export function applyGates(judged: readonly JudgedGate[], { strict, output }: GateOptions): number {
  const signs = { pass: color.green('✓'), fail: color.red('✗'), inconclusive: color.yellow('?') }
  const isMissed = ({ verdict }: JudgedGate) =>
    verdict === 'fail' || (strict && verdict === 'inconclusive')
  for (const gate of judged) {
    const { name, verdict, sentence } = gate
    const say = isMissed(gate) ? output.complain : output.note
    say(`${signs[verdict]} ${name}: ${verdict}; ${sentence}`)
  }
  return judged.some(isMissed) ? 4 : 0
}
