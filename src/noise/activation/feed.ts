import { type Key, sizeOf, type Tensor } from '../../base/index.js'
import type { Level } from '../types.js'
import { type ActivationPort, type PortFill, type PortInput, portRoles } from './types.js'

/** The arrays that a port's inputs are fed from, reused by every step. */
export interface PortBuffers {
  readonly port: ActivationPort
  readonly arrays: readonly { readonly input: PortInput; readonly data: Float32Array }[]
}

/** Buffers for a port, at its identity. */
export function allocatePort(port: ActivationPort): PortBuffers {
  const arrays = port.inputs.map(input => ({ input, data: new Float32Array(sizeOf(input.shape)) }))
  const buffers = { port, arrays }
  clearPort(buffers)
  return buffers
}

/** Fills one row (sample) of a port's buffers; rows that are not filled anew keep what they had. */
export function fillRow({ port, arrays }: PortBuffers, row: number, level: Level, key: Key) {
  const parts = arrays.map(({ input, data }) => {
    const size = data.length / input.shape[0]
    return [input.role, data.subarray(row * size, (row + 1) * size)] as const
  })
  const shape = elementShape(port).slice(1)
  const fill: PortFill = { ...Object.fromEntries(parts), shape, position: port.position }
  port.noise.fill(fill, { ...level }, key)
}

/** The shape of the inputs that have a number for each element, batch included. */
function elementShape({ inputs, site }: ActivationPort): readonly number[] {
  return inputs.find(({ role }) => portRoles[role].per === 'element')?.shape ?? site.shape
}

/** Back to what changes nothing. */
export function clearPort({ arrays }: PortBuffers): void {
  for (const { input, data } of arrays) data.fill(portRoles[input.role].identity)
}

/** Copies one row's numbers to all others: one draw for the whole batch. */
export function spreadRow({ arrays }: PortBuffers, row: number): void {
  for (const { input, data } of arrays) {
    const size = data.length / input.shape[0]
    const drawn = data.slice(row * size, (row + 1) * size)
    for (let other = 0; other < input.shape[0]; other++) data.set(drawn, other * size)
  }
}

/** The tensors to feed to the session, by input name. */
export function feedsOf({ arrays }: PortBuffers): Record<string, Tensor> {
  return Object.fromEntries(
    arrays.map(({ input: { name, shape }, data }) => [
      name,
      { dtype: 'float32' as const, shape, data },
    ]),
  )
}
