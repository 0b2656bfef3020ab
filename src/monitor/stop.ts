/** Ending a run before its last epoch: because it got there, or because it goes nowhere. */
import type { Condition } from './condition.js'
import type { History } from './figures.js'

export interface StopRule {
  /** Checks in a row without a better one to keep. */
  readonly patience?: number
  /** No end before so many updates. */
  readonly after: number
  /** What is enough. */
  readonly when?: Condition
}

/** A sentence when the run may end after its last check, else undefined. */
export function reasonToStop(
  rule: StopRule,
  history: History,
  keptStep: number | undefined,
): string | undefined {
  const last = history.at(-1)
  if (!last || last.step < rule.after) return undefined
  const enough = rule.when?.met(history)
  if (enough) return `step ${last.step} reached what was asked for: ${enough}.`
  const kept = history.findIndex(({ step }) => step === keptStep)
  const since = history.length - 1 - kept
  if (rule.patience !== undefined && since >= rule.patience)
    return keptStep === undefined
      ? `no check was worth keeping for ${since} checks.`
      : `no better check for ${since} checks; the one kept is step ${keptStep}.`
  return undefined
}
