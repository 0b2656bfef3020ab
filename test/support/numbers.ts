import { sizeOf, type Tensor, tensor } from '../../src/base/index.js'

/**
 * The numbers of test/golden/pytorch/make.py: uniform in [-1, 1), a linear congruential generator
 * started by the FNV-1a hash of the name.
 */
export function numbers(name: string, count: number): number[] {
  let state = 0x811c9dc5
  for (const byte of Buffer.from(name)) state = Math.imul(state ^ byte, 0x01000193) >>> 0
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) / 2 ** 23 - 1
  })
}

/** Targets of make.py for a kind of loss: rows of probabilities, answers in [0, 1], or values. */
export function targets(name: string, kind: string, shape: readonly number[]): Tensor<'float32'> {
  const u = numbers(`${name}:targets`, sizeOf(shape))
  const classes = shape[1]
  const value = (x: number, i: number) => {
    if (kind === 'mean-squared-error') return x
    if (kind === 'binary-cross-entropy') return (x + 1) / 2
    const row = u.slice(i - (i % classes), i - (i % classes) + classes)
    return (x + 1) / row.reduce((sum, other) => sum + other + 1, 0)
  }
  return tensor('float32', shape, Float32Array.from(u, value))
}
