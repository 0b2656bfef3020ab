import { float } from '../../../src/onnx/index.js'
import type { CaseMaker, Cases } from '../case.js'
import { unary } from './elementwise.js'

/** A bias along the last axis; the second form may leave it out. */
const biased =
  (optional: boolean): CaseMaker =>
  draw => {
    const shape = draw.shape(draw.int(1, 4))
    const x = draw.reals(shape)
    return { inputs: optional && draw.chance(0.4) ? [x] : [x, draw.reals([shape.at(-1)!])] }
  }

export const microsoftCases: Cases = {
  'com.microsoft.Gelu': unary(-3, 3),
  'com.microsoft.BiasGelu': biased(false),
  'com.microsoft.FastGelu': biased(true),
  'com.microsoft.QuickGelu': unary(-3, 3, [], draw =>
    draw.sometimes({ alpha: float(draw.real(0.5, 2)) }),
  ),
}
