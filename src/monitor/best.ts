import { normalQuantile } from '../base/index.js'

/** One check's two scores: accuracies, or minus the RMSE. */
export interface Scored {
  readonly step: number
  readonly clean: number
  readonly noisy: number
}

export interface Best extends Scored {
  /** Why this one, in one sentence. */
  readonly reason: string
}

/**
 * The best check: the best noisy score among those whose clean score is within the budget of the
 * best clean one; the earlier of equals. Undefined when there is none.
 */
export function bestCheck(checks: readonly Scored[], maxCleanDrop: number): Best | undefined {
  if (checks.length === 0) return undefined
  const top = checks.reduce((a, b) => (b.clean > a.clean ? b : a))
  const floor = top.clean - maxCleanDrop * (top.clean < 0 ? -top.clean : 1)
  const best = checks
    .filter(check => check.clean >= floor)
    .reduce((a, b) => (b.noisy > a.noisy ? b : a))
  const reason =
    `best score under noise (${show(best.noisy)}) with the clean one (${show(best.clean)}) within ` +
    `${maxCleanDrop} of the best clean one (${show(top.clean)}, step ${top.step}).`
  return { ...best, reason }
}

const show = (value: number) => String(Number(Math.abs(value).toFixed(4)))

export interface StopOptions {
  /** Checks without a better best before the run ends. */
  readonly patience?: number
  /** Clean and noisy scores that are enough. */
  readonly enough?: { readonly clean?: number; readonly noisy?: number }
  readonly maxCleanDrop: number
}

/** A sentence when the run may end early, else undefined. */
export function reasonToStop(checks: readonly Scored[], options: StopOptions): string | undefined {
  const { patience, enough, maxCleanDrop } = options
  const best = bestCheck(checks, maxCleanDrop)
  if (!best) return undefined
  const last = checks[checks.length - 1]
  if (
    enough &&
    last.clean >= (enough.clean ?? -Infinity) &&
    last.noisy >= (enough.noisy ?? -Infinity)
  )
    return `step ${last.step} reached what was asked for: clean ${show(last.clean)}, under noise ${show(last.noisy)}.`
  const since = checks.length - 1 - checks.findIndex(check => check.step === best.step)
  if (patience !== undefined && since >= patience)
    return `no better check for ${since} checks; the best is step ${best.step}.`
  return undefined
}

export interface DetectableOptions {
  /** Held-out samples. */
  readonly samples: number
  /** Allowed fall in accuracy. */
  readonly maxCleanDrop: number
  /** Share of samples whose verdict differs between two checks. Default 0.05. */
  readonly discordance?: number
  /** Level of one check's test. Default 0.001. */
  readonly alpha?: number
  /** Chance to notice. Default 0.8. */
  readonly power?: number
}

export interface Detectable {
  /** The smallest fall in clean accuracy that a check notices with that chance. */
  readonly drop: number
  /** Set when that is more than twice the budget: what it means and how many samples would do. */
  readonly warning?: string
}

/**
 * What the held-out samples can show. Under Tango's test a fall d over a margin m is noticed when
 *   d - m = (z_alpha + z_power) sqrt(discordance / samples), approximately.
 */
export function detectableDrop(options: DetectableOptions): Detectable {
  const { samples, maxCleanDrop, discordance = 0.05, alpha = 0.001, power = 0.8 } = options
  const z = normalQuantile(1 - alpha) + normalQuantile(power)
  const beyond = z * Math.sqrt(discordance / samples)
  const drop = maxCleanDrop + beyond
  if (beyond <= maxCleanDrop) return { drop }
  const needed = Math.ceil(discordance * (z / maxCleanDrop) ** 2)
  return {
    drop,
    warning:
      `the ${samples} held-out samples notice a fall in clean accuracy of ${show(drop)} or more; the ` +
      `budget is ${maxCleanDrop}. About ${needed} samples would notice ${show(2 * maxCleanDrop)}.`,
  }
}
