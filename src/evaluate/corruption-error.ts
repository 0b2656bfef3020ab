/** Corruption errors (Hendrycks & Dietterich 2019): a model's errors beside a baseline's, by kind. */
import { existsSync } from 'node:fs'
import { DataError, didYouMean, UsageError } from '../base/index.js'
import { readDocument, type Scorecard } from '../record/index.js'

/** Errors a model is compared with. */
interface Baseline {
  readonly name: string
  readonly cleanError: number
  /** Mean error over the severities, by kind. */
  readonly errors: Readonly<Record<string, number>>
}

/** AlexNet's top-1 errors on ImageNet-C at 224 pixels, means over 5 severities. */
const alexnet: Baseline = {
  name: 'alexnet',
  cleanError: 0.4348,
  errors: {
    gaussian_noise: 0.886428,
    shot_noise: 0.894468,
    impulse_noise: 0.92264,
    defocus_blur: 0.81988,
    glass_blur: 0.826268,
    motion_blur: 0.785948,
    zoom_blur: 0.79836,
    snow: 0.866816,
    frost: 0.826572,
    fog: 0.819324,
    brightness: 0.564592,
    contrast: 0.853204,
    elastic_transform: 0.646056,
    pixelate: 0.71784,
    jpeg_compression: 0.6065,
  },
}

const builtIn: Readonly<Record<string, Baseline>> = { alexnet }

type Card = Pick<Scorecard, 'clean' | 'conditions' | 'suite'>
type Conditions = Scorecard['conditions']

const isPublished = (suite: string) =>
  /^(imagenet-c|cifar-c|tiny-imagenet-c|mnist-c)(-extra)?$/.test(suite)

/**
 * By kind of noise on inputs: the conditions, weakest first; of published suites alone where there
 * are some. A kind that several suites have is named with its suite.
 */
function byKind({ conditions, suite }: Card): Map<string, Conditions> {
  const all = conditions
    .filter(c => c.at === 'input' && c.measures.accuracy !== undefined)
    .map(condition => ({ condition, from: condition.suite ?? suite.name }))
  const published = all.filter(({ from }) => isPublished(from))
  const counted = published.length ? published : all
  const suitesOf = (kind: string) =>
    new Set(counted.flatMap(({ condition, from }) => (condition.kind === kind ? [from] : []))).size
  const kinds = new Map<string, Conditions>()
  for (const { condition, from } of counted) {
    const { kind } = condition
    const name = suitesOf(kind) > 1 ? `${kind} (${from})` : kind
    kinds.set(name, [...(kinds.get(name) ?? []), condition])
  }
  return kinds
}

const meanError = (conditions: Conditions) =>
  conditions.reduce((sum, c) => sum + 1 - c.measures.accuracy!, 0) / conditions.length

/** A scorecard as a baseline; it must have met the same noise at the same levels. */
function baselineOf(card: Scorecard, own: Map<string, Conditions>): Baseline {
  const name = card.name ?? card.model.file
  const theirs = byKind(card)
  const levels = (conditions: Conditions = []) => JSON.stringify(conditions.map(c => c.level))
  const other = [...own].find(([kind, list]) => levels(theirs.get(kind)) !== levels(list))
  if (other || card.clean.accuracy === undefined)
    throw new DataError(
      `--baseline: the scorecard of ${name} ${other ? `has not the same levels of ${other[0]}` : 'has no accuracies'}. Measure it under the same suite.`,
    )
  return {
    name,
    cleanError: 1 - card.clean.accuracy,
    errors: Object.fromEntries([...theirs].map(([kind, list]) => [kind, meanError(list)])),
  }
}

/**
 * The baseline of a name or a scorecard file. Throws UsageError for an unknown name, DataError for
 * a file that is no scorecard.
 */
export function readBaseline(spec: string | Scorecard): Scorecard | string {
  if (typeof spec !== 'string' || Object.hasOwn(builtIn, spec)) return spec
  if (existsSync(spec)) return readDocument(spec, 'temper.scorecard/1')
  const names = Object.keys(builtIn)
  throw new UsageError(
    `--baseline: expected ${names.join(', ')} or a scorecard file, received "${spec}".${didYouMean(spec, names)}`,
  )
}

/** The published comparison: 1,000 classes under ImageNet-C at 224 pixels are held against AlexNet. */
function usualBaseline({ suite }: Card, classes: number | undefined): string | undefined {
  const isImageNet = suite.name.split(',').includes('imagenet-c') && hasPreset(suite)
  return isImageNet && classes === 1000 ? 'alexnet' : undefined
}

const hasPreset = ({ preset }: Card['suite']) => !!preset?.split('; ').includes('imagenet-c/224')

export interface CorruptionErrors {
  readonly corruptionErrors: NonNullable<Scorecard['corruptionErrors']>
  readonly summary: Pick<
    Scorecard['summary'],
    'meanCorruptionError' | 'relativeMeanCorruptionError'
  >
}

/**
 * CE_c = sum_s E(c,s) / sum_s E_base(c,s), relative CE_c the same with each model's clean error
 * taken off, mCE their means over kinds; without a baseline plain mean errors, for published suites.
 * A kind under which the baseline errs nowhere (relative: as often as without noise) has none.
 * Undefined where there is nothing to say.
 */
export function corruptionErrors(
  card: Card,
  given: Scorecard | string | undefined,
  classes: number | undefined,
): CorruptionErrors | undefined {
  const kinds = byKind(card)
  const chosen = given ?? usualBaseline(card, classes)
  if (!kinds.size || (!chosen && !card.suite.name.split(',').some(isPublished))) return undefined
  const baseline =
    chosen === undefined || typeof chosen === 'string'
      ? builtIn[chosen ?? '']
      : baselineOf(chosen, kinds)
  const cleanError = 1 - card.clean.accuracy!
  const errors = [...kinds].flatMap(([kind, list]) =>
    errorBeside(meanError(list), cleanError, kind, baseline),
  )
  if (!errors.length) return undefined
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
  const relative = errors.flatMap(e => e.relative ?? [])
  return {
    corruptionErrors: { baseline: baseline?.name ?? null, kinds: errors },
    summary: {
      meanCorruptionError: mean(errors.map(e => e.error)),
      ...(relative.length && { relativeMeanCorruptionError: mean(relative) }),
    },
  }
}

function errorBeside(
  error: number,
  clean: number,
  kind: string,
  baseline?: Baseline,
): CorruptionErrors['corruptionErrors']['kinds'] {
  if (!baseline) return [{ kind, error }]
  const theirs = baseline.errors[kind]
  if (theirs === undefined)
    throw new DataError(
      `--baseline: ${baseline.name} has no errors of ${kind}; it has ${Object.keys(baseline.errors).join(', ')}.`,
    )
  if (theirs === 0) return []
  const lost = theirs - baseline.cleanError
  const relative = Math.abs(lost) < 1e-12 ? undefined : (error - clean) / lost
  return [{ kind, error: error / theirs, ...(relative !== undefined && { relative }) }]
}
