import { writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'

/** The bytes of a .npy file (version 1) of floats or bytes. */
function npyOf(shape: readonly number[], data: Float32Array | Uint8Array): Buffer {
  const type = data instanceof Uint8Array ? '|u1' : '<f4'
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`
  const header = Buffer.from(`${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`)
  const length = Buffer.alloc(2)
  length.writeUInt16LE(header.length)
  const values = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, header, values])
}

export function writeNpy(
  path: string,
  shape: readonly number[],
  data: Float32Array | Uint8Array,
): void {
  writeFileSync(path, npyOf(shape, data))
}

/** A .npz archive, not compressed, with one array `x`. */
export function writeNpz(path: string, shape: readonly number[], x: Float32Array): void {
  const [name, bytes] = [Buffer.from('x.npy'), npyOf(shape, x)]
  // version, flags, method, time, date, CRC, both sizes, length of the name, no extra fields
  const facts = Buffer.alloc(26)
  facts.writeUInt16LE(20, 0)
  facts.writeUInt32LE(crc32(bytes), 10)
  facts.writeUInt32LE(bytes.length, 14)
  facts.writeUInt32LE(bytes.length, 18)
  facts.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, name])
  const made = Buffer.from([20, 0])
  const central = [Buffer.from('PK\x01\x02'), made, facts, Buffer.alloc(14), name]
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(local.length + bytes.length, 16)
  writeFileSync(path, Buffer.concat([local, bytes, directory, end]))
}
