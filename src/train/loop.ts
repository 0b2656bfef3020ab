/**
 * The loop, with its events in place:
 *
 *     start (or resumed)
 *     for each epoch, in an order keyed by (seed, epoch)
 *       where the curriculum still leaves samples out: what each costs now
 *       for each batch
 *         label flips, corruptions, mix, smoothing, additive noise, clip
 *         weight noise on a copy of the weights, activation noise into the graph's ports
 *         samples, then weights, moved up the loss: a session call a step
 *         one session call: loss and gradients, at the noisy weights
 *         gradient noise, clipping by value, by channel, by norm
 *         the optimizer moves the clean weights
 *         check                                every monitor.every
 *         steer                                every monitor.steer.every
 *         checkpoint                           every train.checkpointEvery
 *       epoch
 *     end
 *
 * Everything random is keyed by seed, epoch, sample and step, so a run cut anywhere goes on to the
 * same bits.
 */
import { resolveLoss } from '../autodiff/index.js'
import { type Moment, momentAt, ResumableError } from '../base/index.js'
import { type Batch, batches } from '../data/index.js'
import type { Resolved } from '../recipe/index.js'
import type { NewEvent } from '../record/index.js'
import { activationDraws } from './activations.js'
import { ascend } from './ascend.js'
import { averageWeights } from './average.js'
import { begunNoises } from './begin.js'
import { clipGradients } from './clip.js'
import { easiestOf, rankSamples } from './curriculum.js'
import { disturbedWeights, disturbGradients } from './disturb.js'
import { isOpen, type NoiseTime, scheduleMoment } from './levels.js'
import type { Machinery } from './machinery.js'
import { noiseBatch } from './noising.js'
import { endMemoryEpoch, rememberAnswers, smoothTargets } from './online-smoothing.js'
import type { Rhythm } from './rhythm.js'
import type { RunState } from './state.js'
import { fillTargets, weighSamples } from './workspace.js'

/** What the loop works with; it owns none of it. */
export interface LoopParts extends StepParts {
  readonly rhythm: Rhythm
  readonly emit: (event: NewEvent | Progress) => void
  /** Measures the weights as they are, keeps the best, says so. */
  readonly check: (parts: LoopParts, moment: Moment, levels: Levels) => Promise<Outcome>
  /** Tries other strengths of the noise, where it is time. */
  readonly steer: (parts: LoopParts) => Promise<void>
  /** Asked when the loss is no number: whether the run went back and may go on. */
  readonly recover: (parts: LoopParts) => Promise<boolean>
  readonly save: () => void
  /** The step to stop before the end at, as if asked to. */
  readonly pauseAt?: number
  readonly signal?: AbortSignal
}

/** What one step works with. */
export interface StepParts extends Machinery {
  /** Told of a sample that a noise had to leave as it is. */
  readonly note?: (noise: string, reason: string) => void
  readonly resolved: Resolved
  readonly state: RunState
}

/** Middle levels by `noise.field`. */
export type Levels = Record<string, number>

/** What follows a check: the next batch, the end, or batches from an earlier step. */
export type Outcome = 'go on' | 'stop' | 'rewind'

/** Sent often, written nowhere: where the run is. */
export interface Progress {
  readonly type: 'progress'
  readonly step: number
  readonly steps: number
  readonly loss: number
}

/** Runs to the end, or until the signal asks to stop; returns whether the end was reached. */
export async function runLoop(parts: LoopParts): Promise<boolean> {
  const { resolved, state } = parts
  const { epochs, batchesPerEpoch } = resolved.lengths
  if (state.stopped !== null) return true
  while (state.step < epochs * batchesPerEpoch) {
    if (state.step === parts.pauseAt) return false
    const epoch = Math.floor(state.step / batchesPerEpoch)
    const start = state.step % batchesPerEpoch
    if (start === 0) await rankSamples(parts, epoch)
    for await (const batch of epochBatches(parts, epoch, start)) {
      const outcome = await stepAndLook(parts, batch, epoch)
      if (outcome === 'stop') return true
      if (parts.signal?.aborted) return false
      if (outcome !== 'rewind' && state.step === parts.pauseAt) return false
      if (outcome === 'rewind') break
    }
  }
  return true
}

async function stepAndLook(parts: LoopParts, batch: Batch, epoch: number): Promise<Outcome> {
  try {
    await step(parts, batch, epoch)
  } catch (error) {
    if (error instanceof Diverged && (await parts.recover(parts))) return 'rewind'
    throw error
  }
  return afterStep(parts)
}

/** Some steps from where the state is, without checks: what a branch trains. */
export async function trainSteps(
  parts: LoopParts,
  steps: number,
  afterEach: () => void = () => {},
): Promise<void> {
  const { state, resolved } = parts
  const { batchesPerEpoch, epochs } = resolved.lengths
  const end = Math.min(state.step + steps, epochs * batchesPerEpoch)
  while (state.step < end) {
    const epoch = Math.floor(state.step / batchesPerEpoch)
    for await (const batch of epochBatches(parts, epoch, state.step % batchesPerEpoch)) {
      await step(parts, batch, epoch)
      afterEach()
      if (state.step === end) break
    }
  }
}

function epochBatches(parts: LoopParts, epoch: number, start: number) {
  const { resolved, workspace } = parts
  const { train, recipe } = resolved
  const { copies } = resolved.copies
  return batches(train, {
    batch: recipe.train.batch,
    copies,
    order: recipe.train.sampling,
    seed: recipe.seed,
    epoch,
    start,
    easiest: easiestOf(parts, epoch),
    into: workspace.samples,
  })
}

/** One update; throws ResumableError where the loss is no number any more. */
export async function step(parts: StepParts, batch: Batch, epoch: number): Promise<void> {
  const { resolved, buffers, optimizer, state } = parts
  const time = timeOf(parts, epoch)
  const loss = await lossOf(parts, batch, time)
  if (!Number.isFinite(loss)) throw diverged(state.step + 1, loss)
  disturbGradients(buffers, resolved.noises, time)
  optimizer.update(buffers, {
    step: state.step + 1,
    learningRate: resolved.learningRate(time.moment),
    gradientScale: clipGradients(buffers, resolved.recipe.optimizer, parts.sumOfSquares),
  })
  state.step++
  takeAverage(parts)
  const isEpochDone = state.step % resolved.lengths.batchesPerEpoch === 0
  if (buffers.memory && isEpochDone) endMemoryEpoch(buffers.memory)
  state.epochLoss.sum += loss * batch.rows
  state.epochLoss.samples += batch.rows
}

/** Noise on the batch, the weights and the activations, then the session call: the mean loss, gradients in place. */
export async function lossOf(parts: StepParts, batch: Batch, time: NoiseTime): Promise<number> {
  const { resolved, buffers, workspace, stepper } = parts
  fillTargets(workspace, batch)
  const { deviations, copies } = resolved
  const clean = { ...workspace, ...rowsOf(batch), deviations, of: copies, note: parts.note }
  const noisy = noiseBatch(clean, resolved.noises, time)
  workspace.trained = noisy.samples
  weighSamples(workspace, batch.rows, resolved.classWeights)
  const weights = disturbedWeights(buffers, resolved.noises, time)
  const activations = activationDraws(batch, resolved.noises, time)
  const { targets, sampleWeights } = workspace
  const input = {
    rows: batch.rows,
    samples: noisy.samples,
    targets,
    sampleWeights,
    weights,
    activations,
  }
  const ascent = { buffers, stepper, batch: noisy, noises: resolved.noises, time }
  const labels = mixMemory(parts, batch.rows)
  const loss = await stepper.run(await ascend(ascent, input))
  if (labels) rememberAnswers(buffers.memory!, stepper.logits, labels)
  return loss
}

/** Mixes remembered answers into the targets, where the loss asks for it; the labels before. */
function mixMemory({ resolved, buffers, workspace }: StepParts, rows: number) {
  if (!buffers.memory) return undefined
  const { alpha } = resolveLoss(resolved.loss).levels
  return smoothTargets(buffers.memory, workspace.targets, rows, alpha)
}

function takeAverage({ resolved, buffers, state: { step } }: StepParts): void {
  const { average: settings } = resolved.recipe.optimizer
  const { average, parameters } = buffers
  if (settings && average)
    averageWeights(settings, average, parameters, { step, lengths: resolved.lengths })
}

const rowsOf = ({ rows, ids, copies }: Batch) => ({ rows, ids, copies })

export function timeOf({ resolved, state }: StepParts, epoch: number): NoiseTime {
  const moment = momentAt(state.step, resolved.lengths)
  const { lengths, recipe } = resolved
  const begun = begunNoises(resolved.noises, state)
  const control = controlsOf(state)
  return { seed: recipe.seed, moment, step: state.step, epoch, lengths, begun, ...control }
}

function controlsOf({ controls }: RunState): Pick<NoiseTime, 'gains' | 'holds'> {
  const all = Object.entries(controls)
  return {
    gains: new Map(all.map(([name, { gain }]) => [name, gain])),
    holds: new Map(all.map(([name, { hold }]) => [name, hold])),
  }
}

async function afterStep(parts: LoopParts): Promise<Outcome> {
  const { resolved, state, rhythm, emit } = parts
  const { batchesPerEpoch, epochs } = resolved.lengths
  const { sum, samples } = state.epochLoss
  emit({ type: 'progress', step: state.step, steps: epochs * batchesPerEpoch, loss: sum / samples })
  const moment = momentAt(state.step, resolved.lengths)
  if (state.step % batchesPerEpoch === 0) endEpoch(parts, moment)
  const isCheck = rhythm.checkAfter(state.step)
  const outcome = isCheck ? await parts.check(parts, moment, levelsNow(parts)) : 'go on'
  if (outcome === 'go on' && rhythm.steerAfter(state.step)) await parts.steer(parts)
  if (outcome === 'stop' || (outcome === 'go on' && rhythm.saveAfter(state.step))) parts.save()
  return outcome
}

function endEpoch({ resolved, state, emit }: LoopParts, moment: Moment): void {
  const { sum, samples } = state.epochLoss
  const learningRate = resolved.learningRate(momentAt(state.step - 1, resolved.lengths))
  emit({ type: 'epoch', epoch: moment.epoch, step: state.step, loss: sum / samples, learningRate })
  state.epochLoss = { sum: 0, samples: 0 }
}

/** The time of the last step done. */
export function lastTime(parts: StepParts): NoiseTime {
  return timeAt(parts, Math.max(0, parts.state.step - 1))
}

/** The time of any step of this run, as noises begun and held back stand now. */
export function timeAt(parts: StepParts, step: number): NoiseTime {
  const state = { ...parts.state, step }
  const { epoch } = momentAt(step, parts.resolved.lengths)
  return timeOf({ ...parts, state }, Math.floor(epoch))
}

/** The middle of each noise's level at the last step, as the controller lets it be; 0 while its window is closed. */
function levelsNow(parts: LoopParts): Levels {
  const { resolved, state } = parts
  const time = lastTime(parts)
  return Object.fromEntries(
    resolved.noises.flatMap(active => {
      const { name, noise, levels } = active
      const moment = scheduleMoment(active, time)
      const middle = Object.entries(levels).map(([field, level]) => [field, level.middle(moment)])
      const level = noise.scale(Object.fromEntries(middle), state.controls[name]?.gain ?? 1)
      return Object.keys(levels).map(field => [
        `${name}.${field}`,
        isOpen(active, time) ? level[field] : 0,
      ])
    }),
  )
}

/** The loss is no number any more. */
export class Diverged extends ResumableError {}

function diverged(step: number, loss: number): Diverged {
  return new Diverged(
    `train: the loss became ${loss} at step ${step}. Lower optimizer.learningRate, set optimizer.clipNorm, or lower the noise; the last checkpoint is from before.`,
  )
}
