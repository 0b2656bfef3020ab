import type { Answers } from '../monitor/index.js'
import type { ResolvedNoise } from '../recipe/index.js'
import type { Buffers } from './layout.js'
import { type LoopParts, trainSteps } from './loop.js'
import type { RunState } from './state.js'

/** Steps a branch trains: a quarter of an epoch, within bounds. */
const stepsOf = (batchesPerEpoch: number) =>
  Math.min(100, Math.max(20, Math.ceil(batchesPerEpoch / 4)))

/**
 * Trains a short branch from here, measures it, and puts everything back. Two branches from one
 * place share their batches and draws, so they differ by their noise alone.
 */
export async function branch<T>(
  parts: LoopParts,
  { steps, noises, controls, isAveraged = false }: Branch,
  measure: () => Promise<T>,
): Promise<T> {
  const { resolved, state, buffers } = parts
  const side: LoopParts = {
    ...parts,
    resolved: { ...resolved, noises: noises ?? resolved.noises },
    state: { ...structuredClone(state), ...(controls && { controls }) },
    emit: () => {},
  }
  const restore = snapshot(buffers)
  const mean = isAveraged ? meanOf(buffers.parameters) : undefined
  try {
    await trainSteps(side, steps, mean?.add)
    if (mean) buffers.parameters.set(mean.result())
    return await measure()
  } finally {
    restore()
  }
}

/** What a branch does otherwise than the run. */
export interface Branch {
  readonly steps: number
  readonly noises?: readonly ResolvedNoise[]
  readonly controls?: RunState['controls']
  /**
   * Measures the mean of the weights over the branch: at a high learning rate single weights sway
   * more than what is to be compared.
   */
  readonly isAveraged?: boolean
}

function meanOf(weights: Float32Array) {
  const sum = new Float64Array(weights.length)
  let count = 0
  const add = () => {
    count++
    for (let i = 0; i < sum.length; i++) sum[i] += weights[i]
  }
  return { add, result: () => sum.map(s => s / count) }
}

/** A branch with some noises off. */
export function branchWithout(
  parts: LoopParts,
  off: readonly string[],
  measure: () => Promise<Answers>,
): Promise<Answers> {
  const { noises, lengths } = parts.resolved
  const steps = stepsOf(lengths.batchesPerEpoch)
  return branch(parts, { steps, noises: noises.filter(n => !off.includes(n.name)) }, measure)
}

/** Copies what training changes; the function given puts it back. */
function snapshot({ parameters, moments, average, memory, sampleLosses }: Buffers): () => void {
  const optional = [average, memory, sampleLosses].flatMap(array => array ?? [])
  const kept = [parameters, ...moments, ...optional].map(array => [array, array.slice()] as const)
  return () => {
    for (const [array, copy] of kept) array.set(copy)
  }
}
