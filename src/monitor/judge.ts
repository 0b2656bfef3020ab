import { binomialTest, fold, type Key, mannKendall, normalQuantile } from '../base/index.js'
import { type Answers, type Chance, type Check, mean, scoreOf } from './check.js'
import { type Comparison, calibrationRose, eceOf, gotWorse, isOutgrown } from './compare.js'

/** What may be wrong with a run, each found in its own way. */
export type Trouble =
  /** A loss or norm is no finite number. */
  | 'diverged'
  /** Under the training noise the model learns nothing: its loss stays at chance. */
  | 'drowned'
  /** Clean accuracy is below its best by more than the budget. */
  | 'cleanDrop'
  /** Accuracy under the monitor's suite keeps falling. */
  | 'noisyFall'
  /** Confidence under the suite has come away from accuracy. */
  | 'calibration'
  /** Short branches show that a noise holds clean accuracy down. */
  | 'suppressed'

export interface JudgeOptions {
  readonly chance: Chance
  /** Budget of the clean score: points of accuracy, or growth of the RMSE. Default 0.01. */
  readonly maxCleanDrop: number
  /** Fall under the suite that counts, in the same unit. Default 0.02. */
  readonly maxNoisyDrop: number
  /** Rise of the ECE under the suite that counts. Default 0.05. */
  readonly maxEceRise: number
  /** Chance of any false alarm in a healthy run. Default 0.05. */
  readonly alpha: number
  /** Checks a run may stay at chance before that is judged. Default 3. */
  readonly graceChecks: number
  /** Checks in a row that must show a trouble. Default 2. */
  readonly confirm: number
  /** Share of the chance loss above which the loss under training noise is a hint. Default 0.4. */
  readonly suspicion: number
  /** Names the bootstrap's draws. */
  readonly key: Key
}

/** An earlier check that later ones are held against. */
export interface Reference {
  readonly step: number
  readonly answers: Answers
}

export interface JudgeState {
  /** Checks seen, and those judged (after the grace). */
  checks: number
  judged: number
  /** The best so far, each by its own measure. */
  bestClean?: Reference
  bestNoisy?: Reference
  bestCalibrated?: Reference
  /** Score under the suite at every check. */
  noisyScores: number[]
  lastNoisyLoss?: number
  /** Checks in a row that showed each trouble. */
  shown: Partial<Record<Trouble, number>>
}

export interface Evidence {
  readonly trouble: Trouble
  /** One sentence: what was seen, against what, how sure. */
  readonly reason: string
  readonly facts: Readonly<Record<string, number>>
  /** Shown by as many checks in a row as are asked for. */
  readonly confirmed: boolean
}

export interface Judgement {
  readonly evidence: readonly Evidence[]
  /** Still before the first check that beats chance. */
  readonly grace: boolean
  /** Enough of a hint to spend branches on. */
  readonly suspicious: boolean
  /** Well inside every bound: noise may grow again. */
  readonly comfortable: boolean
}

export const newJudgeState = (): JudgeState => ({
  checks: 0,
  judged: 0,
  noisyScores: [],
  shown: {},
})

/** Tests that share alpha. */
const tests = 5

/** What check j of one test may spend: alpha / tests / (j (j + 1)), which adds up to alpha / tests. */
export function spentAt(alpha: number, j: number): number {
  return alpha / tests / (j * (j + 1))
}

/** Information the training noise must leave, as a share of the chance loss. */
const leastInformation = 0.02
const beatsChanceAt = 0.001
/** Below this p-value a fall is a sign, though no proof. */
const signAt = 0.1
const trendWindow = 4

/** Judges one check against those before, and takes it into the state. */
export function judge(state: JudgeState, check: Check, options: JudgeOptions): Judgement {
  state.checks++
  if (isDiverged(check)) return told(state, [divergedEvidence(check)], options)
  const grace = state.judged === 0 && !beatsChance(check.clean, options.chance)
  if (!grace) state.judged++
  const found = grace ? [drowned(state, check, options)] : judged(state, check, options)
  const evidence = found.filter(e => e !== undefined)
  const judgement = told(state, evidence, options, grace)
  remember(state, check)
  const loud = check.noisyLoss > options.suspicion * options.chance.loss
  // At the first judged check every training loss is still high.
  const isOld = state.judged > 1 || (grace && state.checks >= options.graceChecks)
  return {
    ...judgement,
    suspicious: isHint(evidence) || (loud && isOld),
    comfortable: evidence.length === 0 && !grace && isComfortable(state, check, options),
  }
}

/** Branches about accuracy can say nothing about calibration. */
const isHint = (found: readonly Evidence[] | readonly Found[]) =>
  found.some(e => e.trouble !== 'calibration')

type Found = Omit<Evidence, 'confirmed'>

function judged(state: JudgeState, check: Check, options: JudgeOptions): (Found | undefined)[] {
  return [
    drowned(state, check, options),
    cleanDrop(state, check, options),
    noisyFall(state, check, options),
    calibration(state, check, options),
  ]
}

/** Counts in a row; a trouble not shown this time starts anew. */
function told(
  state: JudgeState,
  found: readonly Found[],
  { confirm }: JudgeOptions,
  grace = false,
): Judgement {
  const shown: JudgeState['shown'] = {}
  for (const { trouble } of found) shown[trouble] = (state.shown[trouble] ?? 0) + 1
  state.shown = shown
  const evidence = found.map(f => ({
    ...f,
    confirmed: f.trouble === 'diverged' || grace || (shown[f.trouble] ?? 0) >= confirm,
  }))
  return { evidence, grace, suspicious: isHint(found), comfortable: false }
}

function isDiverged({ noisyLoss, cleanLoss, gradientNorm = 0, parameterNorm = 0 }: Check): boolean {
  return ![noisyLoss, cleanLoss, gradientNorm, parameterNorm].every(Number.isFinite)
}

function divergedEvidence(check: Check): Found {
  const { step, noisyLoss, cleanLoss, gradientNorm = 0, parameterNorm = 0 } = check
  const names = { noisyLoss, cleanLoss, gradientNorm, parameterNorm }
  const odd = Object.entries(names).filter(([, value]) => !Number.isFinite(value))
  const what = odd.map(([name]) => words[name]).join(' and ')
  return {
    trouble: 'diverged',
    reason: `the run diverged: at step ${step} the ${what} ${odd.length > 1 ? 'are' : 'is'} no finite number.`,
    facts: { step },
  }
}

const words: Record<string, string> = {
  noisyLoss: 'loss under noise',
  cleanLoss: 'loss without noise',
  gradientNorm: 'gradient norm',
  parameterNorm: 'parameter norm',
}

/** Whether the clean answers are better than guessing, beyond doubt. */
function beatsChance({ right, squaredErrors }: Answers, chance: Chance): boolean {
  if (!right) return mean(squaredErrors ?? []) < (1 - leastInformation) * chance.loss
  const hits = right.reduce((sum, r) => sum + r, 0)
  return binomialTest(hits, right.length, chance.accuracy, 'greater') < beatsChanceAt
}

/**
 * The loss under the training noise stays at what guessing costs, and does not fall; or it is still
 * above that, falling or not, when the clean answers have been guesses for twice the grace checks.
 */
function drowned(state: JudgeState, check: Check, options: JudgeOptions): Found | undefined {
  const { step, noisyLoss, noisyLossError } = check
  if (state.judged === 0 && state.checks < options.graceChecks) return undefined
  const bound = (1 - leastInformation) * options.chance.loss
  const allowed = spentAt(options.alpha, Math.max(1, state.judged))
  const lowest = noisyLoss + normalQuantile(allowed) * noisyLossError
  const falls = state.lastNoisyLoss !== undefined && noisyLoss < 0.99 * state.lastNoisyLoss
  const isLate = state.judged === 0 && state.checks >= 2 * options.graceChecks
  if (lowest < bound || (falls && !isLate)) return undefined
  return {
    trouble: 'drowned',
    reason:
      `the training noise drowns the signal: at step ${step} the loss under it is ` +
      `${show(noisyLoss)}, and guessing costs ${show(options.chance.loss)}.`,
    facts: { step, noisyLoss, chanceLoss: options.chance.loss, allowed },
  }
}

/** Held against the best of k earlier checks, a check may use 1 / k of its share (union bound). */
function allowedAt(state: JudgeState, alpha: number): number {
  return spentAt(alpha, state.judged) / Math.max(1, state.checks - 1)
}

function cleanDrop(state: JudgeState, check: Check, options: JudgeOptions): Found | undefined {
  const best = state.bestClean
  if (!best) return undefined
  const compared = gotWorse(best.answers, check.clean, options.maxCleanDrop)
  const allowed = allowedAt(state, options.alpha)
  if (compared.pValue > allowed) return undefined
  const what = check.clean.right ? 'clean accuracy' : 'clean error (RMSE)'
  return found('cleanDrop', what, best, check.clean, check.step, compared, {
    allowed,
    margin: options.maxCleanDrop,
  })
}

function noisyFall(state: JudgeState, check: Check, options: JudgeOptions): Found | undefined {
  const best = state.bestNoisy
  if (!best) return undefined
  const compared = gotWorse(best.answers, check.noisy, options.maxNoisyDrop)
  const allowed = allowedAt(state, options.alpha)
  const recent = [...state.noisyScores, scoreOf(check.noisy)].slice(-trendWindow)
  const trend = mannKendall(recent).falling
  // Three values in falling order are the least a trend can be told from: 1 in 6.
  if (compared.pValue > allowed || trend > 1 / 6) return undefined
  const what = check.noisy.right ? "accuracy under the monitor's noise" : 'error under noise (RMSE)'
  return found('noisyFall', what, best, check.noisy, check.step, compared, {
    allowed,
    margin: options.maxNoisyDrop,
    trend,
  })
}

function calibration(state: JudgeState, check: Check, options: JudgeOptions): Found | undefined {
  const best = state.bestCalibrated
  if (!best || isOutgrown(best.answers, check.noisy)) return undefined
  const margin = options.maxEceRise
  const key = fold(options.key, state.checks)
  const compared = calibrationRose(best.answers, check.noisy, margin, key)
  const allowed = allowedAt(state, options.alpha)
  if (!compared || compared.pValue > allowed) return undefined
  const now = eceOf(check.noisy) as number
  return {
    trouble: 'calibration',
    reason:
      `calibration under noise got worse: ECE ${show(now)} at step ${check.step}, ` +
      `${show(now - compared.worse)} at step ${best.step}; ${doubt(compared.pValue, allowed, margin)}`,
    facts: { step: check.step, bestStep: best.step, ...compared, allowed, margin },
  }
}

function found(
  trouble: Trouble,
  what: string,
  best: Reference,
  now: Answers,
  step: number,
  compared: Comparison,
  facts: { allowed: number; margin: number; trend?: number },
): Found {
  const [before, after] = [scoreOf(best.answers), scoreOf(now)].map(Math.abs)
  const trend = facts.trend === undefined ? '' : 'keeps falling: '
  return {
    trouble,
    reason:
      `${what} ${trend}${show(after)} at step ${step}, ${show(before)} at step ${best.step}; ` +
      doubt(compared.pValue, facts.allowed, facts.margin),
    facts: { step, bestStep: best.step, before, after, ...compared, ...facts },
  }
}

const doubt = (p: number, allowed: number, margin: number) =>
  `worse by more than ${margin} with p = ${brief(p)} (${brief(allowed)} is allowed at this check).`
const show = (value: number) => String(Number(value.toFixed(4)))
const brief = (value: number) => value.toExponential(1)

/** No sign that the clean score is below its best by more than half of the budget, and not loud. */
function isComfortable(state: JudgeState, check: Check, options: JudgeOptions): boolean {
  const best = (state.bestClean as Reference).answers
  const { pValue } = gotWorse(best, check.clean, options.maxCleanDrop / 2)
  return pValue > signAt && check.noisyLoss < (1 - leastInformation) * options.chance.loss
}

/** Keeps the best checks' answers: what later ones are held against. */
function remember(state: JudgeState, check: Check): void {
  const { step, clean, noisy } = check
  const better = (now: Answers, best?: Reference) =>
    !best || scoreOf(now) > scoreOf(best.answers) ? { step, answers: now } : best
  state.bestClean = better(clean, state.bestClean)
  state.bestNoisy = better(noisy, state.bestNoisy)
  if (state.judged > 0 && isBetterCalibrated(noisy, state.bestCalibrated?.answers))
    state.bestCalibrated = { step, answers: noisy }
  state.noisyScores.push(scoreOf(noisy))
  state.lastNoisyLoss = check.noisyLoss
}

function isBetterCalibrated(now: Answers, best?: Answers): boolean {
  const ece = eceOf(now)
  if (ece === undefined) return false
  return !best || ece < (eceOf(best) as number) || isOutgrown(best, now)
}
