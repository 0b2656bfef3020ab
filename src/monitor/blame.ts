/** Which noise did it: by short branches, where there is a choice or a doubt. */
import { fold, type Key } from '../base/index.js'
import { type Attribution, attribute, type Cost, type Harm, type Probe } from './attribute.js'
import { type Answers, type Check, scoreOf } from './check.js'
import { type Comparison, calibrationRose, gotWorse, missedMore } from './compare.js'
import { type Evidence, type Judgement, spentAt } from './judge.js'
import type { MonitorState } from './state.js'

export interface Blame {
  readonly noises: readonly string[]
  readonly evidence: readonly Evidence[]
  readonly found?: Attribution
  /** Set where no noise is to blame: how that is known. */
  readonly acquits?: 'branches' | 'silence'
}

export interface Suspicion {
  /** What is counted of branches changes. */
  readonly state: MonitorState
  readonly options: {
    readonly key: Key
    readonly alpha: number
    readonly maxSuppression: number
    readonly maxUnsure: number
  }
  readonly judgement: Judgement
  /** Confirmed, and not what an adjustment is working on already. */
  readonly confirmed: readonly Evidence[]
  /** Noises that acted since the last check. */
  readonly active: readonly string[]
  readonly check: Check
  readonly probe?: Probe
}

/** Undefined where nothing is found. */
export async function findBlame(suspicion: Suspicion): Promise<Blame | undefined> {
  const { judgement, confirmed, active, probe } = suspicion
  const diverged = confirmed.some(e => e.trouble === 'diverged')
  if (active.length === 0) return blameNobody(confirmed, diverged)
  if (probe && confirmed.length && confirmed.every(e => e.trouble === 'calibration'))
    return blameForCalibration(suspicion, probe)
  if (confirmed.length && (active.length === 1 || diverged || !probe))
    return { noises: active, evidence: confirmed }
  if (!probe) return undefined
  if (confirmed.length) return blameOneOf(suspicion, probe)
  return judgement.suspicious ? blameForSuppression(suspicion, probe) : undefined
}

/** Where no noise acts, only a run that diverged calls for something: a way back. */
function blameNobody(evidence: readonly Evidence[], diverged: boolean): Blame | undefined {
  if (evidence.length === 0) return undefined
  return { noises: [], evidence, ...(!diverged && { acquits: 'silence' }) }
}

/** That something is wrong is known already: then any harm counts, and all noises where none stands out. */
async function blameOneOf(suspicion: Suspicion, probe: Probe): Promise<Blame> {
  const { active, confirmed: evidence, options } = suspicion
  const found = await ask(suspicion, probe, {
    under: 'clean',
    compare: (without, control) => gotWorse(without, control, 0),
    alpha: options.alpha,
  })
  const harmful = found.harmful.map(h => h.noise)
  return { noises: harmful.length ? harmful : active, evidence, found }
}

/** What no curve shows: that a noise holds accuracy down from the start. */
async function blameForSuppression(suspicion: Suspicion, probe: Probe): Promise<Blame | undefined> {
  const { state, options, check } = suspicion
  const { alpha } = options
  // Branches cost time: after each that found nothing, twice as many checks pass without one.
  if (state.settling > 0 || state.judge.checks <= state.quietUntil) return undefined
  const found = await ask(suspicion, probe, {
    under: 'clean',
    compare: (without, control) => suppression(without, control, options),
    alpha: spentAt(alpha, state.probes + 1),
  })
  if (found.harmful.length === 0) return undefined
  const { grace } = suspicion.judgement
  const evidence = [(grace ? drownedEvidence : suppressedEvidence)(found, check, options)]
  return { noises: found.harmful.map(h => h.noise), evidence, found }
}

/**
 * What a noise costs a model that is still learning: clean accuracy, or, where few samples cannot
 * show that yet, how sure it is of right answers. The better p-value of the two, doubled.
 */
function suppression(
  without: Answers,
  control: Answers,
  { maxSuppression, maxUnsure }: Suspicion['options'],
): Cost {
  const score = gotWorse(without, control, maxSuppression)
  const misses = missedMore(without, control, maxUnsure)
  // A model that is right less often without the noise is not held down, however modest.
  const isHelped = gotWorse(control, without, 0).pValue < signAt
  const unsure = misses && !isHelped ? misses.pValue : 1
  return {
    worse: score.worse,
    pValue: Math.min(1, 2 * Math.min(score.pValue, unsure)),
    ...(misses && { unsure: misses.worse }),
  }
}

/**
 * Calibration also gets worse by overfitting, and under noise that was never trained on, where less
 * noise would be the wrong answer: a noise is blamed where a branch without it is better calibrated.
 */
async function blameForCalibration(suspicion: Suspicion, probe: Probe): Promise<Blame | undefined> {
  const { state, options, confirmed: evidence } = suspicion
  const { checks } = state.judge
  if (checks <= state.acquittedUntil) return undefined
  const key = fold(options.key, checks)
  const found = await attribute(suspicion.active, probe, {
    under: 'noisy',
    compare: (without, control) => calibrationRose(without, control, 0, key) ?? unknown,
    alpha: options.alpha,
  })
  const noises = found.harmful.map(h => h.noise)
  if (noises.length) return { noises, evidence, found }
  state.acquittedUntil = checks + 2 ** ++state.acquittals
  return { noises, evidence, found, acquits: 'branches' }
}

/** Below this p-value accuracy is taken to have gained by the noise. */
const signAt = 0.05

const unknown: Comparison = { worse: 0, pValue: 1 }

async function ask({ state, active }: Suspicion, probe: Probe, harm: Harm): Promise<Attribution> {
  state.probes++
  const found = await attribute(active, probe, harm)
  const quiet = found.harmful.length ? 0 : 2 ** state.probes
  state.quietUntil = state.judge.checks + quiet
  return found
}

function suppressedEvidence(
  found: Attribution,
  { step, clean }: Check,
  { maxSuppression: margin, maxUnsure }: Suspicion['options'],
): Evidence {
  const [{ noise, raises, unsure, pValue }] = found.harmful
  const score = clean.right ? 'clean accuracy' : 'the clean score'
  const isHeld = unsure === undefined || raises > margin
  const sure = `the squared error of its confidence ${round(unsure ?? 0)} below (${maxUnsure} is allowed)`
  const costs = isHeld
    ? `holds ${score} down: a short branch without it ends ${round(raises)} above one with it (${margin} is allowed)`
    : `keeps the model unsure: a short branch without it ends with ${sure} that of one with it`
  return {
    trouble: 'suppressed',
    reason: `${noise} ${costs}, at step ${step}, ${score} now ${round(scoreOf(clean))}; p = ${pValue.toExponential(1)}.`,
    facts: { step, raises, pValue, margin, ...(unsure !== undefined && { unsure, maxUnsure }) },
    confirmed: true,
  }
}

/** Nothing learnt at all by now, and something without the noise. */
function drownedEvidence(found: Attribution, { step, clean }: Check): Evidence {
  const [{ noise, raises, pValue }] = found.harmful
  return {
    trouble: 'drowned',
    reason:
      `${noise} drowns the signal: at step ${step} the model does no better than guessing ` +
      `(${round(scoreOf(clean))}), and a short branch without it ends ${round(raises)} above one with it; p = ${pValue.toExponential(1)}.`,
    facts: { step, raises, pValue },
    confirmed: true,
  }
}

const acquitted = {
  branches:
    'No noise is to blame: a short branch without it is no better calibrated. More epochs than the data bears do this, or too little noise.',
  silence: 'No noise acted since the last check, so none is to blame.',
}

/** What is said where something got worse and no noise did it. */
export function acquittal({ evidence, acquits = 'silence' }: Blame, { step }: Check) {
  const reason = `${evidence.map(e => e.reason).join(' ')} ${acquitted[acquits]}`
  return { type: 'note', step, noise: 'monitor', reason } as const
}

const round = (value: number) => Number(value.toPrecision(3))
