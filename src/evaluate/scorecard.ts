import type { Dataset } from '../data/index.js'
import { type Card, noiseOf, noises } from '../noise/index.js'
import { type Measures, machine, type Scorecard, temperVersion, versions } from '../record/index.js'
import { isAttack } from './attack.js'
import { caveatsOf } from './caveats.js'
import { corruptionErrors } from './corruption-error.js'
import { clipOf } from './disturb.js'
import type { ConditionDoubt, Doubts } from './doubt.js'
import type { MeasuredCondition, MeasuredSuite } from './measure.js'
import type { Condition, Suite } from './suites/suite.js'

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
  /** What corruption errors are divided by. */
  readonly baseline?: Scorecard | string
  /** Prediction sets, clean and by condition, and what they were fitted on. */
  readonly conformal?: {
    readonly facts: NonNullable<Scorecard['conformal']>
    readonly clean: Measures['conformal']
    readonly conditions: readonly Measures['conformal'][]
  }
  readonly outOfDistribution?: Scorecard['outOfDistribution']
  readonly uncertainty?: Scorecard['uncertainty']
  readonly internal?: Scorecard['internal']
  readonly flipLevels?: Scorecard['flipLevels']
  readonly header: {
    readonly seed: number
    readonly device: string
    readonly threads: number
    readonly seconds: number
    readonly batch: number
    readonly warnings: readonly string[]
    readonly seen: readonly string[]
  }
}

/** The document of one measuring pass. */
export async function scorecardOf(
  measured: MeasuredSuite,
  parts: ScorecardParts,
): Promise<Scorecard> {
  const { data, suite, facts, header, conformal, outOfDistribution, uncertainty, internal } = parts
  const { seed, device, threads, seconds, warnings, seen } = header
  const clean = withSets(measured.clean, conformal?.clean)
  const conditions = measured.conditions.map((c, i) => {
    const measures = withSets(c.measures, conformal?.conditions[i])
    const doubt = measured.doubts?.conditions[i]
    return conditionOf({ ...c, measures }, clean, seen, doubt, data.kind)
  })
  const untouched = untouchedWarnings(conditions, data.length)
  const said = [...warnings, ...untouched, ...caveatsOf(conditions)]
  const named = { name: suite.name, preset: suite.preset }
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
    suite: named,
    clean,
    conditions,
    ...ofAll({ clean, conditions, suite: named }, measured.doubts, parts),
    ...(conformal && { conformal: conformal.facts }),
    ...(outOfDistribution && { outOfDistribution }),
    ...(uncertainty && { uncertainty }),
    ...(internal && { internal }),
    ...(said.length && { warnings: said }),
    ...(parts.flipLevels && { flipLevels: parts.flipLevels }),
    timing: { samplesPerSecond: measured.answers / seconds, batch: header.batch },
  }
}

/** What is said of all conditions together. */
export function ofAll(
  card: Pick<Scorecard, 'clean' | 'conditions' | 'suite'>,
  doubts: Doubts | undefined,
  { baseline, facts }: Pick<ScorecardParts, 'baseline' | 'facts'>,
): Pick<Scorecard, 'summary' | 'corruptionErrors' | 'classDrops'> {
  const { clean, conditions } = card
  const corruption = corruptionErrors(card, baseline, facts.classes)
  return {
    summary: {
      ...summaryOf(clean, conditions),
      ...meanIntervals(doubts),
      ...corruption?.summary,
    },
    ...(corruption && { corruptionErrors: corruption.corruptionErrors }),
    ...classDrops(clean, conditions),
  }
}

/** One sentence a kind of noise that had to leave samples as they were. */
function untouchedWarnings(conditions: Scorecard['conditions'], of: number): string[] {
  const said = new Map<string, string>()
  for (const { at, kind, untouched } of conditions)
    if (untouched && !said.has(kind))
      said.set(
        kind,
        `${at} ${kind} left ${untouched.samples} of ${of} samples as they were. ${untouched.reason}`,
      )
  return [...said.values()]
}

const withSets = (measures: Measures, conformal: Measures['conformal']): Measures =>
  conformal ? { ...measures, conformal } : measures

/** Clean minus mean noisy accuracy, class by class. */
function classDrops(
  clean: Measures,
  conditions: Scorecard['conditions'],
): Pick<Scorecard, 'classDrops'> {
  if (!clean.classAccuracy || !conditions.length) return {}
  const classDrops = clean.classAccuracy.map((accuracy, k) => {
    const noisy = meanOf(conditions.map(c => c.measures.classAccuracy?.[k] ?? undefined))
    return accuracy === null || noisy === undefined ? null : accuracy - noisy
  })
  return { classDrops }
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
  { condition, measures, untouched }: MeasuredCondition,
  clean: Measures,
  seen: readonly string[],
  doubt: ConditionDoubt | undefined,
  dataKind: Dataset['kind'],
): Scorecard['conditions'][number] {
  const { at, kind, suite, severity, level, draws, match } = condition
  const clip = clipOf(condition, dataKind)
  const [levelName, ...others] = Object.keys(level)
  const identity = others.length ? undefined : identityOf(condition, levelName)
  const { flipRate, ...rest } = measures as Measures & { flipRate?: number }
  return {
    at,
    kind,
    ...(suite !== undefined && { suite }),
    ...(match !== undefined && { match }),
    severity,
    level: others.length ? { ...level } : (level[levelName] ?? null),
    levelName,
    ...(identity !== undefined && { identity }),
    clip: at === 'input' ? (clip ? [clip[0], clip[1]] : 'none') : null,
    seen: isSeen(condition, seen),
    draws,
    measures: doubt ? { ...rest, accuracyInterval: [...doubt.accuracyInterval] } : rest,
    ...(doubt && { dropInterval: [...doubt.dropInterval] as [number, number] }),
    ...dropOf(clean, measures),
    ...(flipRate !== undefined && { flipRate }),
    ...(untouched && { untouched }),
  }
}

/** Whether the noise was trained on, also under the name of one that is the same. */
const isSeen = ({ at, kind }: Condition, seen: readonly string[]): boolean =>
  seen.some(name => plainName(name) === plainName(`${at}:${kind}`))

/** `at:kind`, with the kind it is like in place of its own. */
function plainName(name: string): string {
  const [at, kind] = name.split(':')
  const rows = Object.hasOwn(noises, at)
    ? Object.values<Card>(noises[at as keyof typeof noises])
    : []
  return `${at}:${rows.find(row => row.kind === kind)?.like ?? kind}`
}

/** The level at which the noise of one level does nothing, where that is a number. */
function identityOf(condition: Condition, levelName: string | undefined): number | undefined {
  const { at, kind } = condition
  if (levelName === undefined || !Object.hasOwn(noises[at], kind))
    return isAttack(condition) ? 0 : undefined
  const identity = noiseOf(at, kind).identity[levelName]
  return Number.isFinite(identity) ? identity : undefined
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
    ...meanEceInterval(conditions),
    cleanRmse: clean.rmse,
    meanRmse: of(m => m.rmse),
    meanAgreement: of(m => m.agreement),
  }
}

/** The means of the ends: conditions share their samples, so their doubts do not cancel out. */
function meanEceInterval(conditions: Scorecard['conditions']): Partial<Scorecard['summary']> {
  const ends = conditions.map(c => c.measures.eceInterval)
  const [low, high] = [0, 1].map(end => meanOf(ends.map(interval => interval?.[end])))
  return low === undefined || high === undefined ? {} : { meanEceInterval: [low, high] }
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
