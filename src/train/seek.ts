/**
 * Seeks the strongest noise a model can take: after each check the gain goes up while the clean score
 * is well within its budget, and down when it is spent. A gain that failed is remembered (monitor's
 * control), so the search closes in on the edge instead of crossing it again and again.
 */
import { backOff, type ControlOptions, grow, type NoiseControl } from '../monitor/index.js'

/** What one check says about the budget. */
export interface Spent {
  /** Clean score now and of the model it is held against: accuracy, or minus the error. */
  readonly clean: number
  readonly baseline: number
  /** Largest fall allowed, in the score's own unit. */
  readonly budget: number
}

export const seekOptions: ControlOptions = {
  backoff: 0.7,
  growth: 0.25,
  patience: 1,
  bound: 1.5,
  least: 0.02,
}

/** Where the search begins: mild, so that the first check tells something. */
export const firstControl: NoiseControl = { gain: 0.5, hold: 0, ceiling: seekOptions.bound }

/** Above this share of the budget the gain waits. */
const comfortable = 0.5

/** The next control of a noise, and why in words. */
export function seek(
  control: NoiseControl,
  { clean, baseline, budget }: Spent,
): { readonly control: NoiseControl; readonly reason: string } {
  const share = budget > 0 ? Number(((baseline - clean) / budget).toFixed(6)) : 0
  const spent = `${Math.round(100 * Math.max(0, share))} % of the clean budget is spent`
  if (share > 1) return turned(control, backOff(control, seekOptions), spent)
  if (share > comfortable) return turned(control, control, spent)
  return turned(control, grow(control, seekOptions), spent)
}

function turned(from: NoiseControl, to: NoiseControl, spent: string) {
  return { control: to, reason: `gain ${from.gain.toFixed(2)} to ${to.gain.toFixed(2)}: ${spent}` }
}
