import { describe, expect, it } from 'vitest'
import { conformanceModel, hasShared, sharedModel } from '../../test/support/shared.js'
import { keyOf, ModelError, Random } from '../base/index.js'
import { readModel } from './proto/read.js'
import { writeModel } from './proto/write.js'

/** Changes a few bytes, cuts the end off, or moves a stretch to another place. */
function mutate(original: Uint8Array, random: Random): Uint8Array {
  const bytes = original.slice()
  const kind = random.below(4)
  if (kind === 0) return bytes.subarray(0, random.below(bytes.length))
  if (kind === 1) {
    const length = random.below(Math.min(64, bytes.length))
    bytes.copyWithin(random.below(bytes.length), random.below(bytes.length), length)
    return bytes
  }
  for (let change = 0; change <= random.below(8); change++)
    bytes[random.below(bytes.length)] =
      kind === 2 ? random.below(256) : [0, 0x7f, 0x80, 0xff][random.below(4)]
  return bytes
}

describe.skipIf(!hasShared)('mutated files', () => {
  const seeds = () => [
    sharedModel('mnist-cntk-ort-examples.onnx'),
    conformanceModel('test_resize_upsample_scales_linear'),
    conformanceModel('test_lstm_defaults'),
    conformanceModel('test_gemm_alpha'),
    conformanceModel('test_constant_pad'),
  ]

  it('are read, or refused with a ModelError, and never fail otherwise', () => {
    const random = new Random(keyOf(0, 'fuzz'))
    let refused = 0
    for (const seed of seeds())
      for (let i = 0; i < 1000; i++)
        try {
          writeModel(readModel(mutate(seed, random)))
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError)
          refused++
        }
    expect(refused).toBeGreaterThan(500)
  })
})
