import { writeFileSync } from 'node:fs'

/** A .npy file (version 1) of floats or bytes. */
export function writeNpy(
  path: string,
  shape: readonly number[],
  data: Float32Array | Uint8Array,
): void {
  const type = data instanceof Uint8Array ? '|u1' : '<f4'
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`
  const header = Buffer.from(`${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`)
  const length = Buffer.alloc(2)
  length.writeUInt16LE(header.length)
  const values = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  writeFileSync(
    path,
    Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, header, values]),
  )
}
