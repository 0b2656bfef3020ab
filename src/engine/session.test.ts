import { describe, expect, it } from 'vitest'
import {
  type DataType,
  float32Tensor,
  int64Tensor,
  ModelError,
  type Tensor,
  tensor,
  UsageError,
} from '../base/index.js'
import { emptyGraph, writeModel } from '../onnx/index.js'
import { plainReason } from './failure.js'
import { deviceInfo, devices, runtimeVersion } from './runtime.js'
import { createSession, type SessionOptions } from './session.js'

type Value = [name: string, dtype: DataType, shape: (number | string)[]]

/** A file of some nodes (operator, inputs, outputs) with the names of its values. */
function encode(nodes: [string, string[], string[]][], ins: Value[], outs: Value[]): Uint8Array {
  const info = ([name, dtype, shape]: Value) => ({ name, dtype, shape })
  const graph = { ...emptyGraph('g'), inputs: ins.map(info), outputs: outs.map(info) }
  for (const [op, inputs, outputs] of nodes)
    graph.nodes.push({ name: `the ${op}`, op, domain: '', inputs, outputs, attributes: {} })
  return writeModel({
    irVersion: 8,
    opsets: new Map([['', 17]]),
    producer: { name: '', version: '' },
    metadata: new Map(),
    graph,
  })
}

/** sum = x + y and product = x y over [batch, 2]. */
const arithmetic = encode(
  [
    ['Add', ['x', 'y'], ['sum']],
    ['Mul', ['x', 'y'], ['product']],
  ],
  [
    ['x', 'float32', ['batch', 2]],
    ['y', 'float32', ['batch', 2]],
  ],
  [
    ['sum', 'float32', ['batch', 2]],
    ['product', 'float32', ['batch', 2]],
  ],
)
const x = float32Tensor([1, 2, 3, 4], [2, 2])
const y = float32Tensor([10, 20, 30, 40], [2, 2])
const open = (bytes = arithmetic, options: SessionOptions = {}) =>
  createSession(bytes, { threads: 1, ...options })

async function refusal(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => expect.fail('nothing was refused'),
    (error: Error) => error,
  )
}

describe('a session', () => {
  it('says what goes in and out, named sizes included', async () => {
    const session = await open()
    expect(session.inputs[0]).toEqual({ name: 'x', dtype: 'float32', shape: ['batch', 2] })
    expect(session.outputs.map(o => o.name)).toEqual(['sum', 'product'])
    await session.close()
  })

  it('computes every output, or only those fetched', async () => {
    const session = await open()
    const all = await session.run({ x, y })
    expect([...(all.sum.data as Float32Array)]).toEqual([11, 22, 33, 44])
    expect(all.sum.shape).toEqual([2, 2])
    expect([...(all.product.data as Float32Array)]).toEqual([10, 40, 90, 160])
    expect(Object.keys(await session.run({ x, y }, { sum: null }))).toEqual(['sum'])
    await session.close()
  })

  it('reads and writes views on one WebAssembly memory in place, and only those', async () => {
    const session = await open()
    const memory = new Float32Array(new WebAssembly.Memory({ initial: 1, maximum: 1 }).buffer)
    memory.fill(-1)
    memory.set([1, 2, 3, 4], 1)
    memory.set([5, 6, 7, 8], 9)
    const at = (offset: number) => tensor('float32', [2, 2], memory.subarray(offset, offset + 4))
    const into = at(17)
    const made = await session.run({ x: at(1), y: at(9) }, { product: into })
    expect(made.product).toBe(into)
    expect([...memory.subarray(16, 22)]).toEqual([-1, 5, 12, 21, 32, -1])
    await session.close()
  })

  it('keeps no memory of outputs that are written in place', async () => {
    const session = await open()
    const feed = tensor('float32', [2 ** 17, 2], new Float32Array(2 ** 18))
    const feeds = { x: feed, y: feed }
    const into = { sum: tensor('float32', [2 ** 17, 2], new Float32Array(2 ** 18)) }
    await session.run(feeds, into)
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 20; i++) await session.run(feeds, into)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20)
    const { sum, product } = await session.run(feeds, { ...into, product: null })
    expect([sum.data.length, product.data.length]).toEqual([2 ** 18, 2 ** 18])
    await session.close()
  })

  it('passes every kind of element through', async () => {
    const cases: [DataType, Tensor][] = [
      ['int64', int64Tensor([-5, 2 ** 40])],
      ['bool', tensor('bool', [2], Uint8Array.of(0, 1))],
      ['float16', tensor('float16', [2], Uint16Array.of(0x3c00, 0xc000))],
      ['string', tensor('string', [2], ['a', 'bé'])],
      ['uint8', tensor('uint8', [2], Uint8Array.of(7, 255))],
      ['int32', tensor('int32', [2], Int32Array.of(-7, 9))],
    ]
    for (const [dtype, value] of cases) {
      const copy = encode([['Identity', ['a'], ['b']]], [['a', dtype, [2]]], [['b', dtype, [2]]])
      const session = await open(copy)
      expect((await session.run({ a: value })).b).toEqual(value)
      await session.close()
    }
  })

  it('takes empty tensors', async () => {
    const session = await open()
    const none = float32Tensor([], [0, 2])
    expect((await session.run({ x: none, y: none })).sum.shape).toEqual([0, 2])
    await session.close()
  })

  it('gives the same bits for one thread or two', async () => {
    const big = float32Tensor(
      Array.from({ length: 20000 }, (_, i) => Math.sin(i)),
      [10000, 2],
    )
    const [one, two] = [await open(), await open(arithmetic, { threads: 2, spinning: true })]
    expect((await one.run({ x: big, y: big })).sum).toEqual((await two.run({ x: big, y: big })).sum)
  })
})

describe('a refusal is a sentence', () => {
  it.each([
    ['a missing feed', { x }, undefined, /input "y": nothing was fed.*"x", "y"/],
    ['an unknown feed', { x, y, z: x }, undefined, /feeds: expected inputs among "x", "y".*"z"/],
    ['an unknown fetch', { x, y }, { total: null }, /outputs among "sum", "product".*"total"/],
    ['another type', { x: int64Tensor([1]), y }, undefined, /"x": expected float32.*"int64"/],
    ['another rank', { x: float32Tensor([1], [1]), y }, undefined, /\[batch,2\], received "\[1\]"/],
    ['another size', { x: float32Tensor([1, 2, 3], [1, 3]), y }, undefined, /received "\[1,3\]"/],
    ['a wrong fetch', { x, y }, { sum: float32Tensor([1], [1]) }, /output "sum": expected/],
    ['a failing node', { x, y: float32Tensor([1, 2, 3, 4, 5, 6], [3, 2]) }, undefined, /failed at/],
  ] as [string, Record<string, Tensor>, Record<string, Tensor | null> | undefined, RegExp][])(
    'for %s',
    async (_, feeds, fetches, sentence) => {
      const session = await open()
      const error = await refusal(session.run(feeds, fetches))
      expect(error).toBeInstanceOf(ModelError)
      expect(error.message).toMatch(sentence)
      expect(error.message).not.toMatch(/ONNXRuntime|\.cc|status code/i)
      await session.close()
    },
  )

  it('for what is not a model', async () => {
    for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3), arithmetic.subarray(0, 40)]) {
      const error = await refusal(open(bytes))
      expect(error).toBeInstanceOf(ModelError)
      expect(error.message).toMatch(/ONNX file/)
    }
    const odd = encode([['Ad', ['x'], ['y']]], [['x', 'float32', [1]]], [['y', 'float32', [1]]])
    expect((await refusal(open(odd))).message).toMatch(/cannot load it: .*\bAd\b/)
  })

  it('for a device or thread count that cannot be', async () => {
    expect(await refusal(open(arithmetic, { threads: 0 }))).toBeInstanceOf(UsageError)
    expect((await refusal(open(arithmetic, { device: 'tpu' as 'cpu' }))).message).toMatch(
      /device: expected one of cpu, webgpu, cuda/,
    )
    const there = (await deviceInfo()).devices.find(d => d.name === 'cuda')
    if (!there?.bundled)
      expect((await refusal(open(arithmetic, { device: 'cuda' }))).message).toMatch(
        /cuda cannot be used here .*offers cpu/,
      )
  })

  it('for a run after close', async () => {
    const session = await open()
    await session.close()
    await session.close()
    expect((await refusal(session.run({ x, y }))).message).toMatch(/closed/)
  })

  it('keeps the reason and drops the C++ around it', () => {
    const raw =
      '[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while running Conv node. ' +
      "Name:'c1' Status Message: /onnxruntime_src/core/conv.cc:12 Status " +
      'onnxruntime::Conv::Run(const X&) const x == y was false. Kernel is too large.'
    expect(plainReason(raw)).toEqual({ reason: expect.any(String), raw, op: 'Conv', node: 'c1' })
    expect(plainReason(raw).reason).toMatch(/Kernel is too large$/)
    expect(plainReason(raw).reason).not.toMatch(/conv\.cc|ONNXRuntime|status/i)
    expect(plainReason('').reason).toBe('the runtime gave no reason')
  })
})

describe('the runtime', () => {
  it('says its version and devices', async () => {
    expect(await runtimeVersion()).toMatch(/^\d+\.\d+\.\d+/)
    const info = await deviceInfo()
    expect(info.devices.map(d => d.name)).toEqual([...devices])
    expect(info.devices[0]).toEqual({ name: 'cpu', bundled: true })
    expect(info.threads).toBeGreaterThan(0)
  })
})
