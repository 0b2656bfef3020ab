/** Running statistics of batch normalisation, taken anew. */
import { batches } from '../data/index.js'
import type { Resolved } from '../recipe/index.js'
import { type Machinery, type MachineryOptions, openStepper } from './machinery.js'
import { fillTargets } from './workspace.js'

/** Clean batches it takes: a running mean of momentum .9 has forgotten what was there before. */
const batchesTaken = 100

/** Whether the model keeps running statistics that training left as they were. */
export function hasFrozenStatistics({ plan, opened }: Resolved): boolean {
  const isFrozen = plan.train.batchNormalization === 'frozen'
  return isFrozen && opened.parameters.some(p => p.role === 'statistic')
}

/**
 * Replaces the running means and variances by those of clean training batches at the present
 * weights, which are not moved. Hardened weights give other activations than the given ones did.
 */
export async function reestimateStatistics(
  resolved: Resolved,
  machinery: Machinery,
  options: MachineryOptions,
): Promise<void> {
  const { buffers, workspace } = machinery
  const stepper = openStepper(resolved, machinery, { ...options, batchNormalization: 'batch' })
  const { batch } = resolved.recipe.train
  const { copies } = resolved.copies
  const order = { order: 'shuffled', seed: resolved.recipe.seed, into: workspace.samples } as const
  try {
    for (let taken = 0, epoch = 0; taken < batchesTaken; epoch++)
      for await (const part of batches(resolved.train, { batch, copies, epoch, ...order })) {
        if (taken++ === batchesTaken) return
        fillTargets(workspace, part)
        await stepper.run({ ...workspace, rows: part.rows, weights: buffers.parameters })
      }
  } finally {
    await stepper.close()
  }
}
