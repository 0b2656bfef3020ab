import { type Key, sizeOf, type Tensor } from '../../base/index.js'
import type { Level } from '../types.js'
import type { ActivationPort } from './types.js'

/** The arrays that a port's inputs are fed from, reused by every step. */
export interface PortBuffers {
  readonly port: ActivationPort
  readonly scale?: Float32Array
  readonly shift?: Float32Array
}

/** Buffers for a port, at its identity. */
export function allocatePort(
  port: ActivationPort,
  alloc: (floats: number) => Float32Array = floats => new Float32Array(floats),
): PortBuffers {
  const length = sizeOf(port.shape)
  return {
    port,
    scale: port.scale ? alloc(length).fill(1) : undefined,
    shift: port.shift ? alloc(length).fill(0) : undefined,
  }
}

/** Fills one row (sample) of a port's buffers; rows that are not filled anew keep what they had. */
export function fillRow({ port, scale, shift }: PortBuffers, row: number, level: Level, key: Key) {
  const [, ...shape] = port.shape
  const size = sizeOf(shape)
  const part = (buffer?: Float32Array) => buffer?.subarray(row * size, (row + 1) * size)
  port.noise.fill({ shape, scale: part(scale), shift: part(shift) }, { ...level }, key)
}

/** Back to a = 1, b = 0. */
export function clearPort({ scale, shift }: PortBuffers): void {
  scale?.fill(1)
  shift?.fill(0)
}

/** The tensors to feed to the session, by input name. */
export function feedsOf({ port, scale, shift }: PortBuffers): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {}
  const add = (name: string | undefined, data: Float32Array | undefined) => {
    if (name && data) feeds[name] = { dtype: 'float32', shape: port.shape, data }
  }
  add(port.scale, scale)
  add(port.shift, shift)
  return feeds
}
