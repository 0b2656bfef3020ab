/**
 * Easy samples first. At the start of an epoch the present weights are asked what each training
 * sample costs, and the epoch is drawn from those that cost least, class by class, so that no class
 * is put off; the share grows until all are in (self-paced learning, Kumar et al. 2010; a pacing
 * function that leaves the number of updates as it is, Hacohen and Weinshall 2019).
 */
import { momentAt } from '../base/index.js'
import { batches, type Easiest } from '../data/index.js'
import type { TargetNoise } from '../noise/index.js'
import type { ResolvedNoise } from '../recipe/index.js'
import { type LoopParts, timeOf } from './loop.js'
import { lossesOf } from './observation.js'

/** What an epoch is drawn from; undefined where it takes every sample. */
export function easiestOf({ resolved, buffers }: LoopParts, epoch: number): Easiest | undefined {
  const { curriculum, lengths } = resolved
  const losses = buffers.sampleLosses
  if (!curriculum || !losses || epoch < curriculum.from) return undefined
  const share = curriculum.share(momentAt(epoch * lengths.batchesPerEpoch, lengths))
  return share < 1 ? { losses, share } : undefined
}

/** At the start of an epoch that draws from the easiest: what each sample costs now, and says so. */
export async function rankSamples(parts: LoopParts, epoch: number): Promise<void> {
  const easiest = easiestOf(parts, epoch)
  if (!easiest) return
  await measureLosses(parts, epoch)
  const { share } = easiest
  const samples = Math.max(1, Math.ceil(share * parts.resolved.train.length))
  parts.emit({ type: 'curriculum', step: parts.state.step, epoch, share, samples })
}

/** The loss of each training sample, without noise but with the labels it is trained on. */
async function measureLosses(parts: LoopParts, epoch: number): Promise<void> {
  const { resolved, workspace, buffers } = parts
  const { train, recipe } = resolved
  const losses = buffers.sampleLosses!
  const flips = resolved.noises.filter(isFlipForGood)
  // Shuffled, for batch normalisation asks for batches like those it is trained on.
  const order = { order: 'shuffled', seed: recipe.seed, epoch, into: workspace.samples } as const
  const { copies } = resolved.copies
  for await (const batch of batches(train, { batch: recipe.train.batch, copies, ...order })) {
    const found = await lossesOf(parts, batch, flips, timeOf(parts, epoch))
    for (const [i, loss] of found.entries())
      losses[batch.indices[i * copies]] = Number.isFinite(loss) ? loss : Number.POSITIVE_INFINITY
  }
}

/** Labels that are wrong for the whole run are what the model sees. */
function isFlipForGood({ entry, noise, redraw }: ResolvedNoise): boolean {
  return entry.at === 'target' && !(noise as TargetNoise).deterministic && redraw === 'run'
}
