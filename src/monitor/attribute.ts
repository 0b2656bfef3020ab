import { type Answers, scoreOf } from './check.js'
import { gotWorse } from './compare.js'

/**
 * Trains a short branch from the last checkpoint with some noises off, leaves the run as it was,
 * and gives the branch's clean answers on the held-out samples. Branches share their batches and
 * draws, so they differ by the noise alone.
 */
export type Probe = (off: readonly string[]) => Promise<Answers>

export interface Attribution {
  /** Noises whose absence raises the clean score significantly, the most harmful first. */
  readonly harmful: readonly { noise: string; raises: number; pValue: number }[]
  /** Branches trained. */
  readonly branches: number
}

/**
 * One branch with all noises on, one with each off: which noise keeps the clean score down by more
 * than `margin`? Bonferroni over the noises; `alpha` is for all together.
 */
export async function attribute(
  noises: readonly string[],
  probe: Probe,
  { margin, alpha }: { margin: number; alpha: number },
): Promise<Attribution> {
  const control = await probe([])
  const compared = []
  for (const noise of noises) {
    const without = await probe([noise])
    const { pValue } = gotWorse(without, control, margin)
    compared.push({ noise, raises: scoreOf(without) - scoreOf(control), pValue })
  }
  const harmful = compared
    .filter(({ pValue }) => pValue <= alpha / noises.length)
    .sort((a, b) => b.raises - a.raises)
  return { harmful, branches: noises.length + 1 }
}
