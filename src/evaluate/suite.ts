import { didYouMean, UsageError } from '../base/index.js'

/** One way a model is disturbed: a noise at one level. */
export interface Condition {
  readonly at: 'input' | 'weight'
  readonly kind: string
  /** Place in the suite's ladder, 1 being the mildest. */
  readonly severity: number
  /** The noise's level fields, in its own units. */
  readonly level: Readonly<Record<string, number>>
  /** The range noisy samples are clipped to, in physical units; null leaves them as they are. */
  readonly clip: readonly [number, number] | null
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

const gaussianSigmas = [0.08, 0.12, 0.18, 0.26, 0.38]
const relativeWeightNoise = [0.01, 0.02, 0.05, 0.1]

/** Gaussian noise on samples in [0, 1]; the five levels are ImageNet-C's (Hendrycks & Dietterich 2019). */
const gaussian: Suite = {
  name: 'gaussian',
  preset: 'imagenet-c levels',
  tldr: 'Gaussian noise on the input, sigma .08 to .38, clipped to [0, 1]',
  conditions: gaussianSigmas.map((sigma, i) => ({
    at: 'input',
    kind: 'gaussian',
    severity: i + 1,
    level: { sigma },
    clip: [0, 1],
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
export const suites: Readonly<Record<string, Suite>> = { gaussian, weights }

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
