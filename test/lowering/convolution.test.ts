import { describe, expect, it } from 'vitest'
import { keyOf, Random, type Tensor } from '../../src/base/index.js'
import { probeBlock } from '../../src/engine/index.js'
import type { LoweringOptions } from '../../src/lowering/index.js'
import { int, ints } from '../../src/onnx/index.js'
import { Draw } from '../gradcheck/draw.js'
import { type Convolution, convolutionTerms, product } from './oracle.js'
import { runLowered } from './run.js'

/** A random convolution of one to three spatial axes: uneven pads, dilation, stride, groups, tails. */
function drawConvolution(draw: Draw, rank: number): Convolution {
  const axes = Array.from({ length: rank }, () => 0)
  const kernel = axes.map(() => draw.int(1, rank === 3 ? 3 : 4))
  const strides = axes.map(() => draw.pick(1, 1, 2, 3, 5))
  const dilations = axes.map(() => draw.pick(1, 1, 2, 3))
  const before = kernel.map((size, i) => draw.int(0, (size - 1) * dilations[i] + 1))
  const after = kernel.map((size, i) => draw.int(0, (size - 1) * dilations[i] + 1))
  const extent = kernel.map((size, i) => (size - 1) * dilations[i] + 1)
  const input = extent.map(
    (size, i) => Math.max(1, size - before[i] - after[i]) + draw.int(0, rank === 3 ? 3 : 6),
  )
  const output = input.map(
    (size, i) => Math.floor((size + before[i] + after[i] - extent[i]) / strides[i]) + 1,
  )
  const group = draw.pick(1, 1, 2, 3)
  const perGroup = draw.pick(1, 2, 6)
  const filters = group * draw.int(1, 3)
  const pads = [...before, ...after]
  const channels = group * perGroup
  const batch = draw.int(1, 3)
  return { batch, channels, filters, group, input, output, kernel, strides, dilations, pads }
}

/** The shapes by which formulations are chosen, each at least once. */
const chosen: Partial<Convolution>[] = [
  { channels: 16, filters: 5, kernel: [3, 3], input: [6, 7], pads: [1, 1, 1, 1] },
  { channels: 16, filters: 20, kernel: [5, 3], input: [6, 5], pads: [2, 1, 0, 2] },
  { channels: 16, filters: 3, kernel: [3, 3], input: [5, 9], pads: [0, 1, 2, 0], strides: [1, 2] },
  {
    channels: 17,
    filters: 4,
    kernel: [3, 4],
    input: [7, 8],
    pads: [3, 3, 3, 3],
    dilations: [2, 2],
  },
  { channels: 16, filters: 4, kernel: [4, 3], input: [2, 2], pads: [4, 3, 4, 3] },
  { channels: 4, filters: 9, kernel: [1, 1], input: [3, 4], pads: [0, 0, 0, 0] },
  { channels: 4, filters: 3, kernel: [1, 1], input: [5, 4], pads: [0, 0, 0, 0], strides: [2, 2] },
  { channels: 4, filters: 4, group: 4, kernel: [3, 3], input: [5, 4], pads: [1, 1, 1, 1] },
  { channels: 4, filters: 8, group: 4, kernel: [3, 2], input: [5, 4], pads: [1, 0, 1, 1] },
  {
    channels: 4,
    filters: 4,
    group: 4,
    kernel: [3, 3],
    input: [5, 6],
    pads: [1, 1, 1, 1],
    strides: [2, 2],
  },
  { channels: 4, filters: 4, group: 4, kernel: [3], input: [9], pads: [2, 0], dilations: [2] },
]

function complete(given: Partial<Convolution>): Convolution {
  const { kernel = [], input = [], pads = [] } = given
  const [strides, dilations] = [
    given.strides ?? kernel.map(() => 1),
    given.dilations ?? kernel.map(() => 1),
  ]
  const output = input.map((size, i) => {
    const span = size + pads[i] + pads[i + kernel.length] - ((kernel[i] - 1) * dilations[i] + 1)
    return Math.floor(span / strides[i]) + 1
  })
  return {
    batch: 2,
    group: 1,
    channels: 1,
    filters: 1,
    ...given,
    strides,
    dilations,
    output,
    kernel,
    input,
    pads,
  }
}

const draw = new Draw(new Random(keyOf(0, 'test:convolution gradients')))
const convolutions = [
  ...chosen.map(complete),
  ...[1, 2, 3].flatMap(rank => Array.from({ length: 18 }, () => drawConvolution(draw, rank))),
]

/** Channels in whole blocks, for the blocked column: every formulation, and shapes that it refuses. */
const inBlocks: Partial<Convolution>[] = [
  { kernel: [3, 3], input: [6, 7], pads: [1, 1, 1, 1] },
  { kernel: [3, 3], input: [6, 7], pads: [1, 1, 1, 1], batch: 19 },
  { kernel: [3, 3], input: [7, 8], pads: [1, 0, 0, 2], channels: 3 },
  { kernel: [3, 3], input: [7, 8], pads: [0, 2, 1, 1], strides: [2, 2] },
  { kernel: [3, 3], input: [8, 8], pads: [1, 1, 1, 1], strides: [2, 2], filters: 16 },
  { kernel: [5, 2], input: [9, 7], pads: [4, 1, 2, 0], strides: [3, 2] },
  { kernel: [2, 3], input: [9, 11], pads: [0, 0, 0, 0], strides: [4, 5] },
  { kernel: [3, 3], input: [9, 8], pads: [2, 2, 2, 2], dilations: [2, 2] },
  { kernel: [3, 3], input: [9, 9], pads: [2, 1, 2, 1], dilations: [2, 1], strides: [2, 2] },
  { kernel: [3, 3], input: [5, 5], pads: [3, 3, 3, 3] },
  { kernel: [1, 1], input: [4, 5], pads: [0, 0, 0, 0] },
  { kernel: [1, 1], input: [5, 7], pads: [0, 0, 0, 0], strides: [2, 3] },
  { kernel: [1, 1], input: [4, 5], pads: [1, 0, 1, 0] },
  { kernel: [5], input: [19], pads: [2, 1] },
  { kernel: [9], input: [40], pads: [4, 3], strides: [4], channels: 1 },
  { kernel: [4], input: [21], pads: [1, 2], strides: [3], dilations: [2] },
  { kernel: [3, 3], input: [6, 5], pads: [1, 1, 1, 1], group: 32, filters: 32 },
  { kernel: [3, 3], input: [7, 6], pads: [1, 1, 1, 1], group: 32, filters: 32, strides: [2, 2] },
  { kernel: [3, 2], input: [7, 6], pads: [0, 1, 2, 0], group: 32, filters: 32, dilations: [2, 1] },
  { kernel: [5], input: [12], pads: [2, 2], group: 32, filters: 32 },
  { kernel: [3, 3], input: [6, 5], pads: [1, 1, 1, 1], group: 2 },
  { kernel: [3, 3], input: [6, 5], pads: [1, 1, 1, 1], group: 4 },
  { kernel: [2, 2, 2], input: [4, 3, 3], pads: [1, 0, 0, 0, 1, 1] },
].map(c => ({ channels: 32, filters: 48, ...c }))

const block = await probeBlock()

const columns: [string, LoweringOptions][] = [
  ['portable', {}],
  ['without FusedMatMul', { fused: false }],
  ...(block ? [['blocked', { column: 'blocked', block }] as [string, LoweringOptions]] : []),
]

const label = (c: Convolution) =>
  `x [${c.batch},${c.channels},${c.input}] filters ${c.filters}/${c.group} kernel ${c.kernel} stride ${c.strides} dilation ${c.dilations} pads ${c.pads}`

const attributesOf = (c: Convolution) => ({
  kernel_shape: ints(c.kernel),
  strides: ints(c.strides),
  dilations: ints(c.dilations),
  pads: ints(c.pads),
  group: int(c.group),
})

function expectClose(actual: Tensor, wanted: Float64Array) {
  let [worst, largest] = [0, 1]
  for (const [i, value] of wanted.entries()) {
    worst = Math.max(worst, Math.abs(Number(actual.data[i]) - value))
    largest = Math.max(largest, Math.abs(value))
  }
  expect(actual.data.length).toBe(wanted.length)
  expect(worst / largest).toBeLessThan(2e-6)
}

describe.each([...convolutions, ...inBlocks.map(complete)].map(c => [label(c), c] as const))(
  '%s',
  (_, c) => {
    const shapeX = [c.batch, c.channels, ...c.input]
    const shapeW = [c.filters, c.channels / c.group, ...c.kernel]
    const shapeY = [c.batch, c.filters, ...c.output]
    const own = new Draw(new Random(keyOf(1, label(c))))
    const [x, w, dy] = [own.reals(shapeX), own.reals(shapeW), own.reals(shapeY)]

    it.each(columns)('has the weight gradient (%s)', async (_, options) => {
      const wanted = new Float64Array(product(shapeW))
      convolutionTerms(c, (i, k, p) => {
        wanted[k] += (dy.data[p] as number) * (x.data[i] as number)
      })
      const node = {
        op: 'ConvWeightGradient',
        domain: 'temper',
        inputs: ['x', 'dy'],
        outputs: ['dw'],
      }
      const { results } = await runLowered(
        { x, dy },
        [{ ...node, attributes: attributesOf(c) }],
        { dw: { dtype: 'float32', shape: shapeW } },
        options,
      )
      expectClose(results.dw, wanted)
    })

    it.each(columns)('has the input gradient (%s)', async (_, options) => {
      const wanted = new Float64Array(product(shapeX))
      convolutionTerms(c, (i, k, p) => {
        wanted[i] += (dy.data[p] as number) * (w.data[k] as number)
      })
      const node = {
        op: 'ConvInputGradient',
        domain: 'temper',
        inputs: ['dy', 'w'],
        outputs: ['dx'],
      }
      const { results } = await runLowered(
        { dy, w },
        [{ ...node, attributes: attributesOf(c) }],
        { dx: { dtype: 'float32', shape: shapeX } },
        options,
      )
      expectClose(results.dx, wanted)
    })

    it('has the bias gradient', async () => {
      const wanted = new Float64Array(c.filters)
      const area = product(c.output)
      for (const [i, value] of (dy.data as Float32Array).entries())
        wanted[Math.floor(i / area) % c.filters] += value
      const node = { op: 'ConvBiasGradient', domain: 'temper', inputs: ['dy'], outputs: ['db'] }
      const { results } = await runLowered({ dy }, [node], {
        db: { dtype: 'float32', shape: [c.filters] },
      })
      expectClose(results.db, wanted)
    })
  },
)

it.skipIf(!block)('stays in blocked layout where the channels fill blocks', async () => {
  const [c] = inBlocks.map(complete)
  const dy = { dtype: 'float32' as const, shape: [c.batch, c.filters, ...c.output] }
  const x = { dtype: 'float32' as const, shape: [c.batch, c.channels, ...c.input] }
  const draw = new Draw(new Random(keyOf(2, 'test:blocked')))
  const inputs = { dy: draw.reals(dy.shape), w: draw.reals([c.filters, c.channels, ...c.kernel]) }
  const node = { op: 'ConvInputGradient', domain: 'temper', inputs: ['dy', 'w'], outputs: ['dx'] }
  const nodes = [{ ...node, attributes: attributesOf(c) }]
  const { ops } = await runLowered(inputs, nodes, { dx: x }, { column: 'blocked', block })
  expect(ops).toContain('ReorderInput')
  expect(ops).not.toContain('ConvTranspose')
})
