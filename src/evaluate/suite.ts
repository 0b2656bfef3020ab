import { didYouMean, UsageError } from '../base/index.js'
import type { SampleKind } from '../data/index.js'

/** One way a model is disturbed: a noise at one level. */
export interface Condition {
  readonly at: 'input' | 'weight'
  readonly kind: string
  /** Place in the suite's ladder, 1 being the mildest. */
  readonly severity: number
  /** The noise's level fields, in its own units. */
  readonly level: Readonly<Record<string, number>>
  /** The range noisy samples are clipped to; `physical` is that of the data's kind, null none. */
  readonly clip: readonly [number, number] | 'physical' | null
  /** How many independent draws are averaged; noise on samples needs one, weights need several. */
  readonly draws: number
}

/** A named list of conditions, the same for every model it measures. */
export interface Suite {
  readonly name: string
  readonly preset: string
  readonly tldr: string
  readonly conditions: readonly Condition[]
}

/** What is measured when no suite is named. */
export const usualSuite: Readonly<Record<SampleKind, string>> = {
  image: 'gaussian',
  audio: 'audio-snr',
  vector: 'tabular',
}

const gaussianSigmas = [0.08, 0.12, 0.18, 0.26, 0.38]
const relativeWeightNoise = [0.01, 0.02, 0.05, 0.1]

/** Gaussian noise on samples in [0, 1]; the five levels are ImageNet-C's (Hendrycks & Dietterich 2019). */
const gaussian: Suite = {
  name: 'gaussian',
  preset: 'imagenet-c levels',
  tldr: 'Gaussian noise on the input, sigma .08 to .38, clipped to [0, 1] (audio: [-1, 1])',
  conditions: gaussianSigmas.map((sigma, i) => ({
    at: 'input',
    kind: 'gaussian',
    severity: i + 1,
    level: { sigma },
    clip: 'physical',
    draws: 1,
  })),
}

/** White noise from 20 to 0 dB: the range of the speech noise benchmarks. */
const audioSnr: Suite = {
  name: 'audio-snr',
  preset: '20 to 0 dB',
  tldr: 'white noise on recordings at 20, 15, 10, 5 and 0 dB',
  conditions: [20, 15, 10, 5, 0].map((snr, i) => ({
    at: 'input',
    kind: 'white',
    severity: i + 1,
    level: { snr },
    clip: 'physical',
    draws: 1,
  })),
}

/** Gaussian noise on tables, in fractions of each feature's standard deviation. */
const tabular: Suite = {
  name: 'tabular',
  preset: 'fractions of the standard deviation',
  tldr: "Gaussian noise of .05 to .5 of each feature's standard deviation",
  conditions: [0.05, 0.1, 0.2, 0.3, 0.5].map((sigma, i) => ({
    at: 'input',
    kind: 'gaussian',
    severity: i + 1,
    level: { sigma },
    clip: null,
    draws: 1,
  })),
}

/** Gaussian noise on every weight tensor, relative to its largest absolute weight. */
const weights: Suite = {
  name: 'weights',
  preset: 'relative to the largest weight',
  tldr: 'Gaussian noise of 1, 2, 5 and 10 % on the weights, the mean of 5 draws',
  conditions: relativeWeightNoise.map((relative, i) => ({
    at: 'weight',
    kind: 'gaussian',
    severity: i + 1,
    level: { relative },
    clip: null,
    draws: 5,
  })),
}

/** Every suite `temper list suites` shows. */
export const suites: Readonly<Record<string, Suite>> = {
  gaussian,
  'audio-snr': audioSnr,
  tabular,
  weights,
}

/** The suite of a name, or several joined by commas as one; throws UsageError for an unknown one. */
export function suiteOf(names: string): Suite {
  const parts = names.split(',').map(name => named(name.trim()))
  if (parts.length === 1) return parts[0]
  return {
    name: parts.map(part => part.name).join(','),
    preset: parts.map(part => part.preset).join('; '),
    tldr: parts.map(part => part.tldr).join('; '),
    conditions: parts.flatMap(part => part.conditions),
  }
}

function named(name: string): Suite {
  if (!Object.hasOwn(suites, name))
    throw new UsageError(
      `--suite: expected one of ${Object.keys(suites).join(', ')}, received "${name}".${didYouMean(name, Object.keys(suites))}`,
    )
  return suites[name]
}
