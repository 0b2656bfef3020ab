import {
  binomialSurvival,
  binomialTest,
  clopperPearsonLower,
  expected,
  InOrder,
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
  /** Copies of one call. Default 64; it changes no answer. */
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
  const { sigma, n0 = 100, n = 10_000, alpha = 0.001, batch = 64 } = options
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
 * Refuses so few copies that even a unanimous vote could only abstain. All n agreeing bounds the
 * class from below by alpha^(1/n), and has the p value 2^(1-n) of a tie between two classes, which is
 * one copy more (`spare`).
 */
export function requireCopies(act: string, { n, alpha }: Smoothing, spare: 0 | 1): void {
  const least = Math.ceil(Math.log2(1 / alpha)) + spare
  if (n >= least) return
  throw new UsageError(
    expected(
      `${act}: n`,
      `at least ${least} copies, without which no vote is sure enough for alpha ${alpha}`,
      n,
    ),
  )
}

/**
 * CERTIFY: n0 copies choose the class, n fresh ones bound its probability from below,
 *   pA = lower Clopper-Pearson bound at 1 - alpha,  radius = sigma Phi^-1(pA),
 * abstaining where pA < 1/2. Copies 0 to n0 - 1 choose, n0 to n0 + n - 1 count. So many votes as
 * `width` says are asked for at once; it changes no answer.
 */
export async function certifySample(
  vote: Vote,
  smoothing: Smoothing,
  width = () => 1,
): Promise<Certified> {
  const { sigma, n0, n, alpha, batch } = smoothing
  const chosen = await mostVoted(vote, { n0, batch, width })
  const needed = leastHits(n, alpha)
  let [hits, counted] = [0, 0]
  // Once even a unanimous rest could not reach the bound, the answer is to abstain.
  const isOpen = () => chosen >= 0 && hits + n - counted >= needed
  const take = (votes: ArrayLike<number>) => {
    if (!isOpen()) return
    for (let i = 0; i < votes.length; i++) if (votes[i] === chosen) hits++
    counted += votes.length
  }
  const line = new InOrder(width)
  for (let from = 0; from < n && isOpen(); from += batch)
    await line.put(() => vote(n0 + from, Math.min(batch, n - from)), take)
  await line.drain()
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

async function mostVoted(
  vote: Vote,
  { n0, batch, width }: Pick<Smoothing, 'n0' | 'batch'> & { width: () => number },
): Promise<number> {
  const counts = new Map<number, number>()
  const line = new InOrder(width)
  for (let from = 0; from < n0; from += batch)
    await line.put(
      () => vote(from, Math.min(batch, n0 - from)),
      votes => count(counts, votes),
    )
  await line.drain()
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
 * of the votes could change the answer. Uses `n`, `alpha` and `batch`; copies 0 to n - 1. So many votes
 * as `width` says are asked for at once; it changes no answer.
 */
export async function predictSample(
  vote: Vote,
  { n, alpha, batch }: Pick<Smoothing, 'n' | 'alpha' | 'batch'>,
  width = () => 1,
): Promise<Predicted> {
  const counts = new Map<number, number>()
  let counted = 0
  let settled = isSettled(counts, n, alpha)
  const take = (votes: ArrayLike<number>) => {
    if (settled) return
    count(counts, votes)
    counted += votes.length
    settled = isSettled(counts, n - counted, alpha)
  }
  const line = new InOrder(width)
  for (let from = 0; from < n && !settled; from += batch)
    await line.put(() => vote(from, Math.min(batch, n - from)), take)
  await line.drain()
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
