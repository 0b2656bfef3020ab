/** A learning rate by trying: a few updates from the given weights with each, the loss afterwards. */
import { ResumableError } from '../../base/index.js'
import { type Batch, batches } from '../../data/index.js'
import type { Resolved } from '../../recipe/index.js'
import { lossOf, type StepParts, step, timeOf } from '../loop.js'
import { type Machinery, type MachineryOptions, openMachinery } from '../machinery.js'
import { firstControl } from '../seek.js'
import { freshState, type RunState } from '../state.js'

export const candidates = [3e-5, 1e-4, 3e-4, 1e-3, 3e-3] as const

/** Updates with each candidate, and batches its loss is measured on afterwards. */
const tried = 40
const measured = 6

/** Rates whose losses are within this of the lowest are as good: so few updates cannot tell them apart. */
const alike = 1.02

export interface Trial {
  readonly learningRate: number
  /** Mean noisy loss after the updates; infinite where it diverged. */
  readonly loss: number
}

/** The middle one of the rates that learn about as fast as the fastest, the smaller of two. */
export function chooseRate(trials: readonly Trial[]): number {
  const lowest = Math.min(...trials.map(({ loss }) => loss))
  const good = trials.filter(({ loss }) => loss <= lowest * alike).map(t => t.learningRate)
  return good.sort((a, b) => a - b)[Math.floor((good.length - 1) / 2)]
}

/** Tries each candidate on the same batches with the same noise, half as strong as the suite's strongest. */
export async function tryLearningRates(
  resolved: Resolved,
  options: MachineryOptions,
): Promise<Trial[]> {
  const machinery = openMachinery(resolved, options)
  const given = machinery.buffers.parameters.slice()
  const trials: Trial[] = []
  try {
    for (const learningRate of candidates) {
      machinery.buffers.parameters.set(given)
      for (const moment of machinery.buffers.moments) moment.fill(0)
      const rated = { ...resolved, learningRate: () => learningRate }
      trials.push({ learningRate, loss: await lossAfter(rated, machinery) })
    }
    return trials
  } finally {
    await machinery.stepper.close()
  }
}

async function lossAfter(resolved: Resolved, machinery: Machinery): Promise<number> {
  const parts: StepParts = { ...machinery, resolved, state: trialState(resolved) }
  let sum = 0
  let count = 0
  try {
    for await (const { batch, epoch } of batchesOf(resolved, machinery)) {
      if (parts.state.step < tried) await step(parts, batch, epoch)
      else {
        sum += await lossOf(parts, batch, { ...timeOf(parts, epoch), step: tried + count })
        count++
      }
      if (count === measured) break
    }
  } catch (error) {
    if (error instanceof ResumableError) return Number.POSITIVE_INFINITY
    throw error
  }
  return Number.isFinite(sum) ? sum / count : Number.POSITIVE_INFINITY
}

/** As many batches as the trial needs, over epochs where one is too short. */
async function* batchesOf(
  { train, recipe, copies: { copies } }: Resolved,
  { workspace }: Machinery,
): AsyncGenerator<{ batch: Batch; epoch: number }> {
  for (let epoch = 0; ; epoch++) {
    const { seed } = recipe
    const { batch } = recipe.train
    const settings = { batch, copies, order: 'shuffled' as const, seed, epoch }
    for await (const batch of batches(train, { ...settings, into: workspace.samples }))
      yield { batch, epoch }
  }
}

function trialState({ noises }: Resolved): RunState {
  const half = { ...firstControl, gain: 0.5 }
  return freshState('', Object.fromEntries(noises.map(({ name }) => [name, half])))
}
