import { describe, expect, it } from 'vitest'
import { resizeWeights } from '../../src/autodiff/resize-weights.js'
import { float32Tensor, int64Tensor } from '../../src/base/index.js'
import { createSession } from '../../src/engine/index.js'
import {
  type Attributes,
  emptyGraph,
  float,
  int,
  type Node,
  text,
  textOf,
  writeModel,
} from '../../src/onnx/index.js'

/** What ONNX Runtime makes of each unit vector along one axis: [output, input], row-major. */
async function measured(node: Node, input: number, feed: Record<string, number[]>, output: number) {
  const graph = emptyGraph('resize')
  graph.inputs.push({ name: 'x', dtype: 'float32', shape: [input, 1, input, 1] })
  graph.outputs.push({ name: 'y', dtype: 'float32', shape: [input, 1, output, 1] })
  for (const [name, values] of Object.entries(feed))
    graph.initializers.set(
      name,
      name === 'sizes' ? int64Tensor(values) : float32Tensor(values, [values.length]),
    )
  graph.nodes.push(node)
  const model = {
    irVersion: 10,
    opsets: new Map([['', 21]]),
    producer: { name: '', version: '' },
    metadata: new Map<string, string>(),
    graph,
  }
  const session = await createSession(writeModel(model), { threads: 1 })
  const eye = Array.from({ length: input * input }, (_, i) => +(i % (input + 1) === 0))
  const { y } = await session.run({ x: float32Tensor(eye, [input, 1, input, 1]) })
  await session.close()
  return Array.from({ length: output * input }, (_, i) =>
    Number(y.data[(i % input) * output + Math.floor(i / input)]),
  )
}

const modes: Attributes[] = [
  ...['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'].map(mode => ({
    mode: text('nearest'),
    nearest_mode: text(mode),
  })),
  { mode: text('linear') },
  { mode: text('linear'), antialias: int(1) },
  { mode: text('cubic') },
  { mode: text('cubic'), cubic_coeff_a: float(-0.5), exclude_outside: int(1) },
  { mode: text('cubic'), antialias: int(1) },
  { mode: text('linear'), antialias: int(1), exclude_outside: int(1) },
]

const transformations = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_crop_and_resize',
]

const sizes = [
  [4, 8],
  [4, 12],
  [5, 3],
  [3, 7],
  [6, 3],
  [7, 1],
  [5, 5],
  [1, 4],
  [8, 2],
]

/** With these two a pixel lies on the very boundary, and the last bit of ONNX Runtime's sum decides. */
const isUndecided = (mode: Attributes, name: string) =>
  name === 'half_pixel_symmetric' &&
  /floor|ceil/.test(
    textOf({ attributes: mode } as Node, 'nearest_mode', 'round').replace(/round.*/, ''),
  )

const settings = modes.flatMap(mode =>
  transformations
    .filter(name => !isUndecided(mode, name))
    .map(name => ({ ...mode, coordinate_transformation_mode: text(name) })),
)

describe.each(
  settings.map(
    s =>
      [
        Object.values(s)
          .map(a => a.value)
          .join(' '),
        s,
      ] as const,
  ),
)('Resize %s', (_, attributes) => {
  const crop = attributes.coordinate_transformation_mode.value === 'tf_crop_and_resize'
  const roi = crop ? [0, 0, Math.fround(0.1), 0, 1, 1, Math.fround(0.9), 1] : []
  // The runtime copies where sizes are equal, and takes the crop for no change of size with scales.
  const usable = sizes.filter(([input, output]) => !crop || input !== output)
  it.each(usable)('weighs %d elements into %d as ONNX Runtime does', async (input, output) => {
    const node: Node = {
      name: 'resize',
      op: 'Resize',
      domain: '',
      inputs: ['x', 'roi', '', 'sizes'],
      outputs: ['y'],
      attributes: attributes as Attributes,
    }
    const wanted = await measured(node, input, { roi, sizes: [input, 1, output, 1] }, output)
    const scale = Math.fround(output / input)
    const weights = resizeWeights(node, {
      input,
      output,
      scale,
      roi: [roi[2] ?? 0, roi[6] ?? 1],
    })
    for (const [i, weight] of weights.entries())
      expect(Math.abs(weight - wanted[i]), `element ${i}`).toBeLessThan(2e-6)
  })

  it.each(crop ? [] : [0.6, 1.7, 2.5])(
    'weighs by the scale %d as ONNX Runtime does',
    async factor => {
      const [input, scale] = [5, Math.fround(factor)]
      const output = Math.floor(input * scale)
      const node: Node = {
        name: 'resize',
        op: 'Resize',
        domain: '',
        inputs: ['x', 'roi', 'scales'],
        outputs: ['y'],
        attributes: attributes as Attributes,
      }
      const wanted = await measured(node, input, { roi, scales: [1, 1, scale, 1] }, output)
      const weights = resizeWeights(node, { input, output, scale, roi: [0, 1] })
      for (const [i, weight] of weights.entries())
        expect(Math.abs(weight - wanted[i]), `element ${i}`).toBeLessThan(2e-6)
    },
  )
})
