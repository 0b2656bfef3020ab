import { DataError, expected, sizeOf } from '../../base/index.js'

export interface IdxArray {
  shape: number[]
  values: Uint8Array
}

/**
 * Reads an IDX file of bytes (LeCun's MNIST format): two zero bytes, the type (0x08), the rank,
 * one big-endian 32-bit size an axis, then the values. Throws DataError naming `where`.
 */
export function parseIdx(bytes: Uint8Array, where: string): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 8 || bytes[0] || bytes[1])
    throw new DataError(`${where}: not an IDX file; it should begin with two zero bytes.`)
  if (bytes[2] !== 8)
    throw new DataError(
      expected(
        where,
        'IDX values of unsigned bytes (type 0x08)',
        `type 0x${bytes[2].toString(16)}`,
      ),
    )
  const rank = bytes[3]
  if (rank < 1 || rank > 4 || bytes.length < 4 + 4 * rank)
    throw new DataError(expected(where, 'an IDX array of 1 to 4 axes', `${rank} axes`))
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis))
  const values = bytes.subarray(4 + 4 * rank)
  if (sizeOf(shape) !== values.length)
    throw new DataError(
      expected(
        where,
        `${sizeOf(shape)} values for the shape [${shape.join(', ')}] in its head`,
        `${values.length} bytes`,
        'The file is cut short or damaged: fetch it again.',
      ),
    )
  return { shape, values }
}
