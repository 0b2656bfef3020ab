import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError, float32Tensor, int64Tensor, type Tensor, tensor } from '../base/index.js'
import { decodeSafetensors, encodeSafetensors } from './index.js'

const join = (pieces: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(pieces))
const encode = (tensors: [string, Tensor][], metadata = {}) =>
  join(encodeSafetensors(new Map(tensors), metadata))

/** A file with any header over `size` bytes of data. */
function file(header: unknown, size = 0): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return join([length, text, Buffer.alloc(size)])
}

describe('safetensors', () => {
  const tensors: [string, Tensor][] = [
    ['weight', float32Tensor([1, -2.5, Number.NaN, 0.1], [2, 2])],
    ['empty', float32Tensor([], [0, 3])],
    ['step', int64Tensor([2 ** 40], [])],
    ['mask', tensor('bool', [3], Uint8Array.of(1, 0, 1))],
    ['half', tensor('float16', [1], Uint16Array.of(0x3c00))],
  ]

  it('gives back every bit, type, shape and the metadata', () => {
    const { tensors: read, metadata } = decodeSafetensors(encode(tensors, { step: '7' }))
    expect([...read].sort()).toEqual([...tensors].sort())
    expect(metadata).toEqual({ step: '7' })
  })

  it('lays the file out as the format says: u64 length, header padded to 8 bytes, data', () => {
    const bytes = encode([['x', float32Tensor([1], [1])]])
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    expect(length % 8).toBe(0)
    expect(JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString())).toEqual({
      __metadata__: {},
      x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    })
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f])
  })

  const x = (fields: object) => ({
    x: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...fields },
  })
  it.each([
    ['shorter than its header', Uint8Array.of(1, 2)],
    ['its header claims', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255)],
    ['its header is no JSON object', file('[1]')],
    ['x has the unknown type F7', file(x({ dtype: 'F7' }), 4)],
    ['the shape of x is not a list of whole numbers', file(x({ shape: [-1] }), 4)],
    ['the place of x is not [begin, end]', file(x({ data_offsets: [4, 0] }), 4)],
    ['x holds 4 bytes, but its shape [1000000,1000000] needs', file(x({ shape: [1e6, 1e6] }), 4)],
    ['x does not begin where the tensor before it ends', file(x({ data_offsets: [4, 8] }), 8)],
    ['it is cut short within x', file(x({}), 3)],
    ['bytes follow the last tensor', file(x({}), 5)],
    ['its metadata are not all text', file({ __metadata__: { a: 1 } })],
  ])('refuses: %s', (sentence, bytes) => {
    expect(() => decodeSafetensors(bytes, 'p.safetensors')).toThrow(DataError)
    expect(() => decodeSafetensors(bytes, 'p.safetensors')).toThrow(
      `p.safetensors: not a sound safetensors file: ${sentence}`,
    )
  })

  it('answers any damaged file with a DataError or tensors, never with another error', () => {
    const good = encode(tensors)
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, end) => {
        const damaged = good.slice(0, Math.max(end, at + 1))
        damaged[at] = byte
        try {
          decodeSafetensors(damaged)
        } catch (error) {
          expect(error).toBeInstanceOf(DataError)
        }
      }),
      { seed: 1, numRuns: 500 },
    )
  })
})
