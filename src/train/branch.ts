import type { Answers } from '../monitor/index.js'
import type { Buffers } from './layout.js'
import { type LoopParts, trainSteps } from './loop.js'

/** Steps a branch trains: a quarter of an epoch, within bounds. */
const stepsOf = (batchesPerEpoch: number) =>
  Math.min(100, Math.max(10, Math.ceil(batchesPerEpoch / 4)))

/**
 * Trains a short branch from here with some noises off, measures it, and puts everything back. Two
 * branches from one place share their batches and draws, so they differ by the noise alone.
 */
export async function branch(
  parts: LoopParts,
  off: readonly string[],
  measure: () => Promise<Answers>,
): Promise<Answers> {
  const { resolved, state, buffers } = parts
  const noises = resolved.noises.filter(({ name }) => !off.includes(name))
  const side: LoopParts = {
    ...parts,
    resolved: { ...resolved, noises },
    state: structuredClone(state),
    emit: () => {},
  }
  const restore = snapshot(buffers)
  try {
    await trainSteps(side, stepsOf(resolved.lengths.batchesPerEpoch))
    return await measure()
  } finally {
    restore()
  }
}

/** Copies what training changes; the function given puts it back. */
function snapshot({ parameters, moments, average }: Buffers): () => void {
  const kept = [parameters, ...moments, ...(average ? [average] : [])].map(
    array => [array, array.slice()] as const,
  )
  return () => {
    for (const [array, copy] of kept) array.set(copy)
  }
}
