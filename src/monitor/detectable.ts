import { normalQuantile } from '../base/index.js'

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

const show = (value: number) => String(Number(Math.abs(value).toFixed(4)))
