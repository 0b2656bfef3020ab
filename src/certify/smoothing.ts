import {
  binomialSurvival,
  binomialTest,
  clopperPearsonLower,
  expected,
  normalQuantile,
  UsageError,
} from '../base/index.js'

/**
 * Randomized smoothing, exactly as Cohen, Rosenfeld and Kolter 2019 ("Certified adversarial
 * robustness via randomized smoothing"), as pure functions of the votes of noisy copies.
 */

/**
 * The classes a base classifier gives to noisy copies of one sample, numbered from `first` on; -1
 * where it gives none. Copy c is always the same copy, so votes do not depend on how they are asked.
 */
export type Vote = (first: number, count: number) => Promise<ArrayLike<number>>

/** The answer of a smoothed classifier that is not sure enough. */
export const ABSTAIN = -1

export interface SmoothingOptions {
  /** Standard deviation of the noise, in the input's physical unit; above 0. */
  sigma: number
  /** Copies that choose the class. Default 100. */
  n0?: number
  /** Copies that bound its probability. Default 10,000. */
  n?: number
  /** Chance of a false certificate, a sample. Default 0.001. */
  alpha?: number
  /** Copies asked for at once. Default 128; it changes no answer. */
  batch?: number
}

export type Smoothing = Readonly<Required<SmoothingOptions>>

export interface Certified {
  /** The class, or ABSTAIN. */
  readonly prediction: number
  /** No input nearer than this (L2, the unit of sigma) changes the prediction; 0 when abstaining. */
  readonly radius: number
  /** Votes for the chosen class among those counted: fewer than n when abstaining was certain early. */
  readonly hits: number
  readonly counted: number
}

/** The options complete; throws UsageError for one out of range. */
export function completeSmoothing(options: SmoothingOptions): Smoothing {
  const { sigma, n0 = 100, n = 10_000, alpha = 0.001, batch = 128 } = options
  const check = (name: string, value: number, rule: string, holds: boolean) => {
    if (!holds) throw new UsageError(expected(name, rule, value))
  }
  check('sigma', sigma, 'a number above 0', sigma > 0 && Number.isFinite(sigma))
  for (const [name, value] of Object.entries({ n0, n, batch }))
    check(name, value, 'a whole number of at least 1', Number.isInteger(value) && value >= 1)
  check('alpha', alpha, 'a number between 0 and 1', alpha > 0 && alpha < 1)
  return { sigma, n0, n, alpha, batch }
}

/**
 * CERTIFY: n0 copies choose the class, n fresh ones bound its probability from below,
 *   pA = lower Clopper-Pearson bound at 1 - alpha,  radius = sigma Phi^-1(pA),
 * abstaining where pA < 1/2. Copies 0 to n0 - 1 choose, n0 to n0 + n - 1 count.
 */
export async function certifySample(vote: Vote, smoothing: Smoothing): Promise<Certified> {
  const { sigma, n0, n, alpha, batch } = smoothing
  const chosen = await mostVoted(vote, n0, batch)
  const needed = leastHits(n, alpha)
  let [hits, counted] = [0, 0]
  // Once even a unanimous rest could not reach the bound, the answer is to abstain.
  while (chosen >= 0 && counted < n && hits + n - counted >= needed) {
    const votes = await vote(n0 + counted, Math.min(batch, n - counted))
    for (let i = 0; i < votes.length; i++) if (votes[i] === chosen) hits++
    counted += votes.length
  }
  if (chosen < 0 || hits < needed) return { prediction: ABSTAIN, radius: 0, hits, counted }
  return { prediction: chosen, radius: radiusOf(hits, n, alpha, sigma), hits, counted }
}

/** sigma Phi^-1 of the lower bound of k votes in n; 0 where the bound is below 1/2. */
export function radiusOf(k: number, n: number, alpha: number, sigma: number): number {
  const bound = clopperPearsonLower(k, n, alpha)
  return bound < 0.5 ? 0 : sigma * normalQuantile(bound)
}

/**
 * The fewest votes in n that certify: the bound is at least 1/2 exactly when k votes or more have
 * probability alpha at most under a fair coin. n + 1 when even all do not.
 */
export function leastHits(n: number, alpha: number): number {
  let [low, high] = [0, n + 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (binomialSurvival(middle, n, 0.5) <= alpha) high = middle
    else low = middle + 1
  }
  return low
}

async function mostVoted(vote: Vote, copies: number, batch: number): Promise<number> {
  const counts = new Map<number, number>()
  for (let from = 0; from < copies; from += batch)
    count(counts, await vote(from, Math.min(batch, copies - from)))
  return leaders(counts)[0].label
}

function count(counts: Map<number, number>, votes: ArrayLike<number>): void {
  for (let i = 0; i < votes.length; i++)
    if (votes[i] >= 0) counts.set(votes[i], (counts.get(votes[i]) ?? 0) + 1)
}

/** The two classes with most votes, the lower label first among equals. */
function leaders(counts: Map<number, number>): [Leader, Leader] {
  const sorted = [...counts]
    .map(([label, votes]) => ({ label, votes }))
    .sort((a, b) => b.votes - a.votes || a.label - b.label)
  const none = { label: ABSTAIN, votes: 0 }
  return [sorted[0] ?? none, sorted[1] ?? none]
}

interface Leader {
  readonly label: number
  readonly votes: number
}

export interface Predicted {
  /** The class, or ABSTAIN. */
  readonly prediction: number
  /** P-value of "the two most voted classes are equally likely", over the votes counted. */
  readonly pValue: number
  readonly counted: number
}

/**
 * PREDICT: the class with most of n votes, unless the two-sided binomial test of the two most voted
 * classes against a fair coin has a p-value above alpha: then ABSTAIN. Stops counting once no rest
 * of the votes could change the answer. Uses `n`, `alpha` and `batch`; copies 0 to n - 1.
 */
export async function predictSample(
  vote: Vote,
  { n, alpha, batch }: Pick<Smoothing, 'n' | 'alpha' | 'batch'>,
): Promise<Predicted> {
  const counts = new Map<number, number>()
  let counted = 0
  while (counted < n && !isSettled(counts, n - counted, alpha)) {
    const votes = await vote(counted, Math.min(batch, n - counted))
    count(counts, votes)
    counted += votes.length
  }
  const [first, second] = leaders(counts)
  const pValue = binomialTest(first.votes, first.votes + second.votes)
  // Settled early: the remaining votes cannot move the answer to the other side of alpha.
  return { prediction: pValue > alpha ? ABSTAIN : first.label, pValue, counted }
}

/** Whether the answer is the same whatever the remaining votes are. */
function isSettled(counts: Map<number, number>, rest: number, alpha: number): boolean {
  const [first, second] = leaders(counts)
  const tested = (a: number, b: number) => binomialTest(Math.max(a, b), a + b)
  const surest = tested(first.votes + rest, second.votes)
  if (surest > alpha) return true
  const leads = first.votes > second.votes + rest
  return leads && tested(first.votes, second.votes + rest) <= alpha
}
