import { fold, type Key } from '../../base/index.js'
import { sharedKernels } from '../../kernels/index.js'
import { scratch } from '../scratch.js'

/** Normal numbers in scratch buffer `slot`, drawn from the key's child of that number. */
export function normals(slot: number, length: number, key: Key): Float32Array {
  const draws = scratch(slot, length)
  sharedKernels().normal(draws, 1, fold(key, slot))
  return draws
}

/** 1 with a probability, else 0, in scratch buffer `slot`. */
export function marks(slot: number, length: number, chance: number, key: Key): Float32Array {
  const drawn = scratch(slot, length).fill(0)
  const level = { lowShare: 0, highShare: chance, low: 0, high: 1 }
  sharedKernels().replace(drawn, drawn, level, fold(key, slot))
  return drawn
}

/** Numbers of U(-1, 1) in scratch buffer `slot`. */
export function evenNumbers(slot: number, length: number, key: Key): Float32Array {
  const draws = scratch(slot, length).fill(0)
  sharedKernels().uniform(draws, draws, { halfWidth: 1 }, fold(key, slot))
  return draws
}
