import { float32Tensor } from '../../../src/base/index.js'
import { type Attributes, int } from '../../../src/onnx/index.js'
import type { CaseMaker, Cases } from '../case.js'

/** Four dimensions, or three with the heads together; angles by position or in place; a part turned. */
const rotary: CaseMaker = draw => {
  const [batch, heads, length] = draw.shape(3, 3)
  const half = draw.int(1, 3)
  const rest = draw.pick(0, 0, 2)
  const width = 2 * half + rest
  const flat = draw.chance()
  const shape = flat ? [batch, length, heads * width] : [batch, heads, length, width]
  const byPosition = draw.chance()
  const angles = draw.reals(byPosition ? [length + 2, half] : [batch, length, half], -3, 3)
  const cache = (f: (x: number) => number) =>
    float32Tensor((angles.data as Float32Array).map(f), angles.shape)
  const attributes: Attributes = { interleaved: int(draw.int(0, 1)) }
  if (flat || rest) attributes.num_heads = int(heads)
  if (rest) attributes.rotary_embedding_dim = int(2 * half)
  const inputs = [draw.reals(shape), cache(Math.cos), cache(Math.sin)]
  if (byPosition) inputs.push(draw.indices([batch, length], 0, length + 2) as never)
  return { inputs, attributes, wrt: [0] }
}

export const attentionCases: Cases = { RotaryEmbedding: rotary }
