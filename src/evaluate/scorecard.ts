import type { Dataset } from '../data/index.js'
import { type Measures, machine, type Scorecard, temperVersion, versions } from '../record/index.js'
import { clipOf } from './disturb.js'
import type { ConditionDoubt, Doubts } from './doubt.js'
import type { MeasuredCondition, MeasuredSuite } from './measure.js'
import type { Suite } from './suite.js'

/** What a scorecard says of the model. */
export interface ModelFacts {
  readonly file: string
  readonly sha256?: string
  readonly parameters?: number
  readonly classes?: number
}

export interface ScorecardParts {
  readonly data: Dataset
  readonly suite: Suite
  readonly facts: ModelFacts
  readonly header: {
    readonly seed: number
    readonly device: string
    readonly threads: number
    readonly seconds: number
    readonly warnings: readonly string[]
    readonly seen: readonly string[]
  }
}

/** The document of one measuring pass. */
export async function scorecardOf(
  measured: MeasuredSuite,
  parts: ScorecardParts,
): Promise<Scorecard> {
  const { data, suite, facts, header } = parts
  const { seed, device, threads, seconds, warnings, seen } = header
  const conditions = measured.conditions.map((c, i) =>
    conditionOf(c, measured.clean, seen, measured.doubts?.conditions[i], data.kind),
  )
  return {
    schema: 'temper.scorecard/1',
    version: temperVersion,
    seed,
    device,
    threads,
    machine: machine(),
    versions: versions('onnxruntime-node'),
    model: { sha256: '', parameters: 0, ...facts },
    data: {
      source: data.name,
      samples: data.length,
      sha256: await data.sha256(),
      classes: data.classes && [...data.classes],
    },
    suite: { name: suite.name, preset: suite.preset },
    clean: measured.clean,
    conditions,
    summary: { ...summaryOf(measured.clean, conditions), ...meanIntervals(measured.doubts) },
    ...(warnings.length && { warnings: [...warnings] }),
    timing: { samplesPerSecond: measured.answers / seconds },
  }
}

function meanIntervals(doubts: Doubts | undefined): Partial<Scorecard['summary']> {
  if (!doubts) return {}
  const { meanAccuracyInterval, meanDropInterval } = doubts
  return {
    meanAccuracyInterval: [...meanAccuracyInterval],
    meanDropInterval: [...meanDropInterval],
  }
}

function conditionOf(
  { condition, measures }: MeasuredCondition,
  clean: Measures,
  seen: readonly string[],
  doubt: ConditionDoubt | undefined,
  dataKind: Dataset['kind'],
): Scorecard['conditions'][number] {
  const { at, kind, severity, level, draws } = condition
  const clip = clipOf(condition, dataKind)
  const [levelName, ...others] = Object.keys(level)
  const { flipRate, ...rest } = measures as Measures & { flipRate?: number }
  return {
    at,
    kind,
    severity,
    level: others.length ? { ...level } : level[levelName],
    levelName,
    clip: at === 'input' ? (clip ? [clip[0], clip[1]] : 'none') : null,
    seen: seen.includes(`${at}:${kind}`),
    draws,
    measures: doubt ? { ...rest, accuracyInterval: [...doubt.accuracyInterval] } : rest,
    ...(doubt && { dropInterval: [...doubt.dropInterval] as [number, number] }),
    ...dropOf(clean, measures),
    ...(flipRate !== undefined && { flipRate }),
  }
}

/** Clean minus noisy accuracy; for a regression noisy minus clean error; relative to the clean value. */
function dropOf(clean: Measures, noisy: Measures): { drop?: number; relativeDrop?: number } {
  const [from, to] =
    clean.accuracy !== undefined ? [clean.accuracy, noisy.accuracy] : [noisy.rmse, clean.rmse]
  if (from === undefined || to === undefined) return {}
  const base = clean.accuracy ?? clean.rmse!
  return { drop: from - to, ...(base > 0 && { relativeDrop: (from - to) / base }) }
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter(value => value !== undefined)
  return known.length ? mean(known) : undefined
}

function summaryOf(clean: Measures, conditions: Scorecard['conditions']): Scorecard['summary'] {
  const of = (pick: (m: Measures) => number | undefined, chosen = conditions) =>
    meanOf(chosen.map(c => pick(c.measures)))
  return {
    cleanAccuracy: clean.accuracy,
    meanAccuracy: of(m => m.accuracy),
    meanUnseenAccuracy: of(
      m => m.accuracy,
      conditions.filter(c => !c.seen),
    ),
    meanDrop: meanOf(conditions.map(c => c.drop)),
    worst: worstOf(conditions),
    meanEce: of(m => m.ece),
    cleanRmse: clean.rmse,
    meanRmse: of(m => m.rmse),
    meanAgreement: of(m => m.agreement),
  }
}

function worstOf(conditions: Scorecard['conditions']): Scorecard['summary']['worst'] {
  const score = ({ measures }: (typeof conditions)[number]) =>
    measures.accuracy ?? (measures.rmse === undefined ? measures.agreement : -measures.rmse)
  const known = conditions.filter(c => score(c) !== undefined)
  if (!known.length) return undefined
  const worst = known.reduce((a, b) => (score(b)! < score(a)! ? b : a))
  const { kind, severity, measures } = worst
  return { kind, severity, accuracy: measures.accuracy, rmse: measures.rmse }
}
