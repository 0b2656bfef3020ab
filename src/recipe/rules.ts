/** Rules in words, refused with the sentence of their reader. */
import { type Lengths, parseTime, timeInBatches, UsageError } from '../base/index.js'
import type { Dataset } from '../data/index.js'
import { type KeepRule, parseCondition, parseKeep, type StopRule } from '../monitor/index.js'
import { expecting } from '../schedule/index.js'
import { z } from './fields.js'

function readBy(rule: string, read: (text: string) => unknown) {
  return z.string({ error: expecting(rule) }).check(ctx => {
    try {
      read(ctx.value)
    } catch (error) {
      const message = (error as Error).message.replace(/^: /, '')
      ctx.issues.push({ code: 'custom', input: ctx.value, message })
    }
  })
}

/** A condition on what checks measure. */
export const conditionSchema = readBy('a condition', text => parseCondition(text, ''))
/** Which weights are kept. */
export const keepSchema = readBy('a rule for which weights to keep', text => parseKeep(text, ''))

/** The rule asked for; by default the most robust weights within the budget of the clean score. */
export function keepRuleOf({ train, monitor, noise }: RuleRecipe, data: Dataset): KeepRule {
  const { maxCleanDrop, baseline } = monitor
  const size = data.targets ? `${Number((100 * maxCleanDrop).toPrecision(12))} %` : maxCleanDrop
  const of = baseline === 'given' ? 'given' : 'its best'
  const usual = noise.length
    ? `best noisyScore with cleanScore within ${size} of ${of}`
    : 'best cleanScore'
  const rule = parseKeep(train.keep ?? usual, 'train.keep')
  refuseFigures(rule.figures, data, 'train.keep')
  return rule
}

/** When the run may end early, where the recipe says so. */
export function stopRuleOf(
  { train: { stop } }: RuleRecipe,
  data: Dataset,
  lengths: Lengths,
): StopRule | undefined {
  if (!stop) return undefined
  const when = stop.when === undefined ? undefined : parseCondition(stop.when, 'train.stop.when')
  refuseFigures(when?.figures ?? [], data, 'train.stop.when')
  const after = timeInBatches(parseTime(stop.after, 'train.stop.after'), lengths)
  return { patience: stop.patience, after, when }
}

interface RuleRecipe {
  readonly train: {
    readonly keep?: string
    readonly stop?: { readonly patience?: number; readonly when?: string; readonly after: string }
  }
  readonly monitor: { readonly maxCleanDrop: number; readonly baseline: string }
  readonly noise: readonly unknown[]
}

/** Throws UsageError where a rule names a figure that these data never give. */
export function refuseFigures(names: readonly string[], data: Dataset, where: string): void {
  const isRegression = data.targets !== undefined
  const isMissing = (name: string) => !/Score$/.test(name) && /Rmse$/.test(name) !== isRegression
  const missing = names.find(isMissing)
  if (missing === undefined) return
  const known = isRegression ? 'cleanRmse and noisyRmse' : 'accuracies, losses and calibration'
  throw new UsageError(
    `${where}: ${missing} is not measured on ${data.name}, which has ${isRegression ? 'numbers' : 'classes'} to learn; its checks give ${known}, and scores.`,
  )
}
