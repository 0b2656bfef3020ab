/** What an evaluation follows beside its suite, as far as it was asked for. */
import { expected, UsageError } from '../base/index.js'
import { type Dataset, openData } from '../data/index.js'
import type { Answers, Values } from '../metrics/index.js'
import type { Predictor } from '../model/index.js'
import { conformalWatch, outlierWatch } from './beside.js'
import type { EvaluateOptions } from './evaluate.js'
import type { ScorecardParts } from './scorecard.js'
import type { Suite } from './suites/suite.js'

export interface Watches {
  /** Takes each batch's answers: clean, and by condition and draw. */
  add(clean: Answers | Values, noisy: readonly (readonly (Answers | Values)[])[]): void
  result(): Pick<ScorecardParts, 'conformal' | 'outOfDistribution'>
}

interface Measured {
  readonly predictor: Predictor
  readonly data: Dataset
  readonly suite: Suite
}

/** Opens and answers the data beside; throws UsageError for a regression, or a coverage that is none. */
export async function openWatches(
  options: Pick<EvaluateOptions, 'conformal' | 'coverage' | 'ood' | 'signal'>,
  { predictor, data, suite }: Measured,
): Promise<Watches> {
  const { conformal: held, coverage = 0.9, ood, signal } = options
  if (!(coverage > 0 && coverage < 1))
    throw new UsageError(expected('--coverage', 'a number between 0 and 1', coverage))
  const flag = held === undefined ? (ood === undefined ? undefined : '--ood') : '--conformal'
  if (flag && data.targets)
    throw new UsageError(`${flag}: it is for classifiers, and ${data.name} has targets.`)
  if (flag && (predictor.places ?? 1) > 1)
    throw new UsageError(
      `${flag}: expected one answer a sample, and this output gives ${predictor.places}.`,
    )
  const conformal =
    held === undefined
      ? undefined
      : await conformalWatch(predictor, await alike(held, data), { suite, coverage, signal })
  const outliers =
    ood === undefined ? undefined : await outlierWatch(predictor, await alike(ood, data), signal)
  return {
    add(clean, noisy) {
      conformal?.add(clean as Answers, noisy as Answers[][])
      outliers?.add(clean as Answers)
    },
    result: () => ({
      conformal: conformal && { facts: conformal.facts, ...conformal.result() },
      outOfDistribution: outliers?.result(),
    }),
  }
}

/** Another data set in the shape of the one measured. */
async function alike(spec: string | Dataset, like: Dataset): Promise<Dataset> {
  if (typeof spec !== 'string') return spec
  const { kind, shape, sampleRate, classes } = like
  const physical =
    kind === 'image'
      ? { size: [shape[1], shape[2]] as const, channels: shape[0] }
      : kind === 'audio'
        ? { sampleRate, seconds: shape[1] / sampleRate!, channels: shape[0] }
        : {}
  const opened = await openData(spec, { preferSplit: 'validation', ...physical })
  if (`${opened.shape}` !== `${shape}`)
    throw new UsageError(
      expected(
        `data ${opened.name}`,
        `samples of [${shape}], as ${like.name} has`,
        `[${opened.shape}]`,
      ),
    )
  return inOrderOf(opened, classes)
}

/** The same labels by class name, where both name their classes. */
function inOrderOf(data: Dataset, classes?: readonly string[]): Dataset {
  const { labels, classes: own } = data
  if (!labels || !own || !classes || `${own}` === `${classes}`) return data
  const places = own.map(name => classes.indexOf(name))
  if (places.includes(-1)) return data
  return { ...data, classes, labels: labels.map(label => places[label]) }
}
