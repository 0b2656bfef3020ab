import type { Answers } from './check.js'
import type { Comparison } from './compare.js'

/** What a branch is measured on: held-out samples as they are, or under the monitor's suite. */
export type Under = 'clean' | 'noisy'

/**
 * Trains a short branch from the last checkpoint with some noises off, leaves the run as it was,
 * and gives the branch's answers on the held-out samples. Branches share their batches and draws,
 * so they differ by the noise alone.
 */
export type Probe = (off: readonly string[], under: Under) => Promise<Answers>

export interface Attribution {
  /** Noises whose absence helps significantly, the most harmful first. */
  readonly harmful: readonly Harmful[]
  /** Branches trained. */
  readonly branches: number
}

export interface Harmful {
  readonly noise: string
  /** How much better a branch without it is, and what of its confidence (see `Cost`). */
  readonly raises: number
  readonly unsure?: number
  readonly pValue: number
}

/** One branch beside another. */
export interface Cost extends Comparison {
  /** Rise of the squared error of the confidence. */
  readonly unsure?: number
}

export interface Harm {
  readonly under: Under
  /** How much worse the branch with all noises on is than one without a noise. */
  readonly compare: (without: Answers, control: Answers) => Cost
  /** For all noises together: Bonferroni. */
  readonly alpha: number
}

/** One branch with all noises on, one with each off: which noise does the harm? */
export async function attribute(
  noises: readonly string[],
  probe: Probe,
  { under, compare, alpha }: Harm,
): Promise<Attribution> {
  const control = await probe([], under)
  const compared = []
  for (const noise of noises) {
    const { worse: raises, ...rest } = compare(await probe([noise], under), control)
    compared.push({ noise, raises, ...rest })
  }
  const harmful = compared
    .filter(({ pValue }) => pValue <= alpha / noises.length)
    .sort((a, b) => b.raises - a.raises)
  return { harmful, branches: noises.length + 1 }
}
