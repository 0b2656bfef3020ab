import { describe, expect, it } from 'vitest'
import { encode, float, node, plain, run, uniform } from '../../test/support/models.js'
import { float32Tensor, ModelError, UsageError } from '../base/index.js'
import { int, ints } from '../onnx/index.js'
import {
  dynamicGraph,
  openModel,
  parseBinding,
  preprocessSchema,
  samplesInput,
  staticGraph,
} from './index.js'

describe('the batch', () => {
  it('stays fixed where samples are mixed, with the reason', async () => {
    const bytes = encode({
      nodes: [
        node('ReduceMean', ['x'], 'mean', { axes: ints([0]), keepdims: int(1) }),
        node('Sub', ['x', 'mean'], 'y'),
      ],
      inputs: [float('x', 1, 4)],
      outputs: [float('y', 1, 4)],
    })
    const opened = await openModel(bytes)
    expect(opened.batch).toMatchObject({ kind: 'fixed', made: 1 })
    expect(opened.batch.reason).toMatch(/answers change|together/)
    const request = { sampleShape: [4], preprocess: plain }
    expect(() => staticGraph(opened, 2, request)).toThrow(/takes 1 samples at a time, not 2/)
    expect(staticGraph(opened, 1, request).outputs[0].shape).toEqual([1, 4])
    const { batch } = await openModel(bytes, { prove: false })
    expect(batch.kind).toBe('fixed')
  })
})

describe('samples become the input', () => {
  /** y = x, for an input of any kind. */
  const copy = (dtype: 'float32' | 'uint8' | 'float64', ...shape: (number | string)[]) =>
    encode({
      nodes: [node('Identity', ['x'], 'y')],
      inputs: [{ name: 'x', dtype, shape }],
      outputs: [{ name: 'y', dtype, shape }],
    })

  async function fed(bytes: Uint8Array, sampleShape: number[], preprocess: object = {}) {
    const opened = await openModel(bytes)
    const request = { sampleShape, preprocess: { ...opened.found.preprocess, ...preprocess } }
    const samples = uniform([2, ...sampleShape])
    const feeds = { [samplesInput]: samples }
    const found = await run(opened, staticGraph(opened, 2, request), feeds)
    const free = await run(opened, dynamicGraph(opened, request), feeds)
    expect(free).toEqual(found)
    return { samples: samples.data, found, opened }
  }

  it('as (sample * scale - mean) / std, for each channel', async () => {
    const settings = { scale: 255, mean: [10, 20, 30], std: [2, 3, 4] }
    const { samples, found } = await fed(copy('float32', 'n', 3, 2, 2), [3, 2, 2], settings)
    const wanted = samples.map((v, i) => {
      const channel = Math.floor(i / 4) % 3
      return Math.fround(
        Math.fround(Math.fround(v * 255) - settings.mean[channel]) / settings.std[channel],
      )
    })
    expect(found.data).toEqual(wanted)
  })

  it('channels last where the model wants them so', async () => {
    const { samples, found, opened } = await fed(copy('float32', 'n', 4, 5, 3), [3, 4, 5])
    expect(opened.layout).toEqual({ layout: 'NHWC', reason: 'its last size is 3' })
    expect(found.shape).toEqual([2, 4, 5, 3])
    const at = (n: number, c: number, h: number, w: number) =>
      samples[((n * 3 + c) * 4 + h) * 5 + w]
    expect(found.data[((1 * 4 + 2) * 5 + 3) * 3 + 1]).toBe(at(1, 1, 2, 3))
  })

  it('as whole bytes, from 0 to 255', async () => {
    const { samples, found, opened } = await fed(copy('uint8', 'n', 1, 3, 3), [1, 3, 3])
    expect(opened.found.source).toBe('the input holds bytes, 0 to 255')
    expect(found.data).toEqual(Uint8Array.from(samples, v => Math.round(Math.fround(v * 255))))
  })

  it('flat, without a channel axis, or in double precision', async () => {
    expect((await fed(copy('float32', 'n', 12), [3, 2, 2])).found.shape).toEqual([2, 12])
    expect((await fed(copy('float32', 'n', 't'), [1, 7])).found.shape).toEqual([2, 7])
    expect((await fed(copy('float32', 'n', 1, 'h', 'w'), [5, 6])).found.shape).toEqual([2, 1, 5, 6])
    expect((await fed(copy('float64', 'n', 4), [4])).found.dtype).toBe('float64')
  })

  it.each([
    [[1, 28, 28], /\[3, 32, 32\] a sample.*\[1, 28, 28\].*--preprocess/],
    [[3, 32, 31], /a sample/],
  ])('or are refused: %j', async (sampleShape, sentence) => {
    const opened = await openModel(copy('float32', 'n', 3, 32, 32))
    const make = () => dynamicGraph(opened, { sampleShape, preprocess: plain })
    expect(make).toThrow(ModelError)
    expect(make).toThrow(sentence)
  })

  it('refuses settings for another number of channels', async () => {
    const opened = await openModel(copy('float32', 'n', 3, 2, 2))
    const preprocess = preprocessSchema.parse({ mean: [1, 2] })
    expect(() => dynamicGraph(opened, { sampleShape: [3, 2, 2], preprocess })).toThrow(
      /mean: expected 1 or 3 numbers/,
    )
  })
})

describe('further inputs', () => {
  const bytes = encode({
    nodes: [
      node('Cast', ['n'], 'factor', { to: int(1) }),
      node('Mul', ['x', 'factor'], 'a'),
      node('Add', ['a', 's'], 'y'),
    ],
    inputs: [
      float('x', 'batch', 2),
      { name: 'n', dtype: 'int64', shape: [] },
      float('s', 'batch', 2),
    ],
    outputs: [float('y', 'batch', 2)],
  })

  it('are bound to numbers, over as many samples as come', async () => {
    const opened = await openModel(bytes, { inputs: { n: 3, s: 0.5 } })
    const request = { sampleShape: [2], preprocess: plain }
    const samples = { [samplesInput]: float32Tensor([1, 2, 3, 4, 5, 6], [3, 2]) }
    const wanted = float32Tensor([3.5, 6.5, 9.5, 12.5, 15.5, 18.5], [3, 2])
    expect(await run(opened, dynamicGraph(opened, request), samples)).toEqual(wanted)
    expect(await run(opened, staticGraph(opened, 3, request), samples)).toEqual(wanted)
  })

  it.each([
    [{ n: 3 }, /takes 2 inputs/],
    [{ n: 3, t: 1 }, /one of the model's inputs \(x, n, s\).*"t"/],
    [{ n: 0.5, s: 0 }, /whole numbers \(int64\).*0.5/],
    [{ n: [1, 2], s: 0 }, /1 value or 1 for the shape/],
    [{ n: 3, s: [1, 2] }, /--input s/],
    [{ x: 0, n: 0, s: 0 }, /none is left|no input left/],
  ])('are refused: %j', async (inputs, sentence) => {
    await expect(openModel(bytes, { inputs })).rejects.toThrow(sentence)
  })

  it('are read from name=value', () => {
    expect(parseBinding('sr=16000')).toEqual(['sr', [16000]])
    expect(parseBinding('a=b=1,-2.5')).toEqual(['a=b', [1, -2.5]])
    for (const text of ['sr', 'sr=', '=1', 'sr=x', 'sr=1,'])
      expect(() => parseBinding(text), text).toThrow(UsageError)
  })
})
