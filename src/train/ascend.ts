/** Noise that asks for a gradient: samples and weights moved up the loss before the step. */
import { keyOf, sizeOf } from '../base/index.js'
import { type Ascent, attack, type Climber, isAscent } from '../noise/index.js'
import type { ResolvedNoise } from '../recipe/index.js'
import { type Buffers, viewOf } from './layout.js'
import { chooserOf, isActive, levelNow, levelsOf, type NoiseTime } from './levels.js'
import type { NoisyBatch } from './noising.js'
import type { StepInput } from './step-session.js'
import type { Stepper } from './stepper.js'

/** What an ascent works with. */
export interface AscentParts {
  readonly buffers: Buffers
  readonly stepper: Stepper
  readonly batch: NoisyBatch
  readonly noises: readonly ResolvedNoise[]
  readonly time: NoiseTime
}

/**
 * Moves the samples of the batch up the loss, in place, then the weights, on a copy; returns the
 * input of the step that trains, and leaves running statistics as one step at the unmoved weights
 * makes them (`isTrial`: as they are).
 */
export async function ascend(parts: AscentParts, input: StepInput): Promise<StepInput> {
  const ascents = parts.noises.filter(({ noise }) => isAscent(noise))
  for (const active of ascents.filter(isActive('input', parts.time)))
    await moveSamples(parts, active, input)
  let moved = input
  for (const active of ascents.filter(isActive('weight', parts.time)))
    moved = await moveWeights(parts, active, moved)
  return moved
}

async function moveSamples(
  { stepper, batch, time }: AscentParts,
  active: ResolvedNoise,
  input: StepInput,
): Promise<void> {
  const { rows, shape, ids, copies } = batch
  const isChosen = chooserOf(active, time, time.epoch)
  const levelOf = levelsOf(active, time)
  const isKept = (i: number) =>
    (batch.of.isFirstClean && copies[i] % batch.of.copies === 0) || !isChosen(ids[i], copies[i])
  await attack({
    ...{ ascent: active.noise as Ascent, rows, shape, clip: active.clip },
    samples: batch.samples.subarray(0, rows * sizeOf(shape)),
    levelOf: i => (isKept(i) ? undefined : levelOf(ids[i], copies[i])),
    keyOf: i => keyOf(time.seed, active.name, time.epoch, ids[i], copies[i]),
    gradientOf: (samples, out) => stepper.inputGradient({ ...input, samples }, out),
  })
}

async function moveWeights(
  { buffers, stepper, time }: AscentParts,
  active: ResolvedNoise,
  input: StepInput,
): Promise<StepInput> {
  const ascent = active.noise as Ascent
  const level = levelNow(active, time)
  const steps = ascent.steps(level)
  if (!steps) return input
  const { parameters, noisy, gradients, layout } = buffers
  const from = input.weights === parameters ? parameters : input.weights.slice()
  if (input.weights === parameters) noisy.set(parameters)
  const climbers: Climber[] = layout.slots
    .filter(({ name, trained }) => trained && active.touches.includes(name))
    .map(slot => ({
      from: viewOf(from, slot),
      at: viewOf(noisy, slot),
      gradient: viewOf(gradients, slot),
    }))
  for (let step = 0; step < steps; step++) {
    const isTrial = input.isTrial || step > 0
    await stepper.run({ ...input, weights: noisy, isTrial })
    ascent.climb(climbers, level)
  }
  return { ...input, weights: noisy, isTrial: true }
}
