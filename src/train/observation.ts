/** A check as the monitor sees it: answers sample by sample, and losses on training batches. */
import { momentAt } from '../base/index.js'
import { type Batch, batches } from '../data/index.js'
import type { Answers, Values } from '../metrics/index.js'
import type { Check, Answers as Observed } from '../monitor/index.js'
import type { Resolved, ResolvedNoise } from '../recipe/index.js'
import { activationDraws } from './activations.js'
import { ascend } from './ascend.js'
import { disturbedWeights } from './disturb.js'
import { type NoiseTime, scheduleMoment } from './levels.js'
import { type LoopParts, lastTime } from './loop.js'
import { noiseBatch } from './noising.js'
import { fillTargets } from './workspace.js'

type Raw = Answers | Values

/** Gathers the held-out answers of one check, in an order that is the same at every check. */
export class Observer {
  private readonly clean: Raw[] = []
  private readonly noisy: Raw[][] = []

  readonly add = (clean: Raw, noisy: readonly (readonly Raw[])[]): void => {
    this.clean.push(clean)
    for (const [i, raw] of noisy.flat().entries()) {
      this.noisy[i] ??= []
      this.noisy[i].push(raw)
    }
  }

  result(): Pick<Check, 'clean' | 'noisy'> {
    const clean = observed(this.clean)
    const samples = (clean.right ?? clean.squaredErrors)?.length
    return { clean, noisy: { ...observed(this.noisy.flat()), samples } }
  }
}

function observed(parts: readonly Raw[]): Observed {
  if (!parts.some(part => 'predictions' in part))
    return { squaredErrors: joined(parts as Values[], squaredErrorAt) }
  return {
    right: Uint8Array.from(joined(parts as Answers[], isRight)),
    confidence: joined(parts as Answers[], confidenceAt),
  }
}

/** What each answer gives, part after part. */
function joined<T extends Raw>(
  parts: readonly T[],
  of: (part: T, i: number) => number,
): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { samples }) => sum + samples, 0))
  let at = 0
  for (const part of parts) for (let i = 0; i < part.samples; i++) all[at++] = of(part, i)
  return all
}

const isRight = ({ predictions, labels }: Answers, i: number): number =>
  predictions[i] === labels?.[i] ? 1 : 0

const confidenceAt = ({ predictions, probabilities, classes }: Answers, i: number): number =>
  predictions[i] < 0 ? 0 : probabilities[i * classes + predictions[i]]

function squaredErrorAt({ columns, outputs, targets }: Values, i: number): number {
  let sum = 0
  for (let k = i * columns; k < (i + 1) * columns; k++) sum += (outputs[k] - targets![k]) ** 2
  return sum / columns
}

/** Training batches on which the loss is looked at: two, one where that holds samples enough. */
export const batchesLookedAt = (batch: number): number => (batch < 100 ? 2 : 1)

export type Losses = Pick<Check, 'noisyLoss' | 'noisyLossError' | 'cleanLoss'>

/** The loss of the same few training batches under the training noise of this moment, and without. */
export async function trainingLosses(parts: LoopParts, time: NoiseTime): Promise<Losses> {
  const { resolved, workspace } = parts
  const noisy: number[] = []
  const clean: number[] = []
  for (const kept of await batchesOf(resolved)) {
    const batch = { ...kept, data: workspace.samples.subarray(0, kept.data.length) }
    batch.data.set(kept.data)
    noisy.push(...(await lossesOf(parts, batch, resolved.noises, time)))
    batch.data.set(kept.data)
    clean.push(...(await lossesOf(parts, batch, [], time)))
  }
  return { ...spread(noisy), cleanLoss: spread(clean).noisyLoss }
}

/** By recipe: the batches looked at, read at the first check. */
const known = new WeakMap<Resolved['recipe'], Promise<readonly Batch[]>>()

function batchesOf(resolved: Resolved): Promise<readonly Batch[]> {
  const read = known.get(resolved.recipe) ?? firstBatches(resolved)
  known.set(resolved.recipe, read)
  return read
}

/** The first batches of the first epoch. */
async function firstBatches({ train, recipe, copies }: Resolved): Promise<readonly Batch[]> {
  const shared = { batch: recipe.train.batch, copies: copies.copies, seed: recipe.seed } as const
  const read: Batch[] = []
  for await (const batch of batches(train, { ...shared, order: 'shuffled', epoch: 0 })) {
    if (batch.position === batchesLookedAt(recipe.train.batch)) break
    read.push({ ...batch, data: batch.data.slice() })
  }
  return read
}

/** The loss of each sample of a batch under some noises, its copies taken together. */
export async function lossesOf(
  { workspace, buffers, stepper, resolved }: LoopParts,
  batch: Batch,
  noises: readonly ResolvedNoise[],
  time: NoiseTime,
): Promise<Float32Array> {
  const { rows, ids, copies } = batch
  fillTargets(workspace, batch)
  const { deviations, copies: of } = resolved
  const clean = { ...workspace, rows, ids, copies, deviations, of }
  const noisy = noiseBatch(clean, noises, time)
  const weights = disturbedWeights(buffers, noises, time)
  const activations = activationDraws(batch, noises, time)
  const { samples } = noisy
  const input = { ...workspace, samples, rows, weights, activations, isTrial: true }
  const moved = await ascend({ buffers, stepper, batch: noisy, noises, time }, input)
  return bySample(await stepper.losses(moved), of.copies)
}

/** The mean over the copies of each sample, which are no independent draws. */
function bySample(losses: Float32Array, copies: number): Float32Array {
  if (copies === 1) return losses
  return Float32Array.from({ length: losses.length / copies }, (_, i) => {
    const own = losses.subarray(i * copies, (i + 1) * copies)
    return own.reduce((sum, loss) => sum + loss, 0) / copies
  })
}

function spread(losses: readonly number[]): { noisyLoss: number; noisyLossError: number } {
  const mean = losses.reduce((a, b) => a + b, 0) / losses.length
  const variance = losses.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (losses.length - 1)
  return { noisyLoss: mean, noisyLossError: Math.sqrt(variance / losses.length) }
}

/** Noises whose level moves away from its identity between now and later. */
export function risingNoises(parts: LoopParts): string[] {
  const { lengths, noises } = parts.resolved
  const time = lastTime(parts)
  return noises
    .filter(active => {
      const { noise, levels } = active
      const now = scheduleMoment(active, time)
      const later = momentAt(now.batch + lengths.batchesPerEpoch, lengths)
      return Object.entries(levels).some(([field, level]) => {
        const identity = noise.identity[field] ?? 0
        const distance = (value: number) =>
          Number.isFinite(identity) ? Math.abs(value - identity) : -value
        return distance(level.high(later)) > distance(level.high(now)) + 1e-12
      })
    })
    .map(({ name }) => name)
}
