import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transpiledRooms } from '../../test/support/transpiled.js'
import { float32Tensor, ModelError, tensor } from '../base/index.js'
import { emptyGraph, float, writeModel } from '../onnx/index.js'
import { createSession } from './session.js'
import { openThread, type SessionThread } from './thread.js'

/** y = Gemm(x, w) and its Relu, of fixed shape; `dtype` of the second output. */
function model(columns: number | string = 3) {
  const graph = emptyGraph('g')
  const attributes = { alpha: float(1.5) }
  graph.nodes.push(
    { name: 'product', op: 'Gemm', domain: '', inputs: ['x', 'w'], outputs: ['y'], attributes },
    { name: 'relu', op: 'Relu', domain: '', inputs: ['y'], outputs: ['z'], attributes: {} },
  )
  const info = (name: string, shape: (number | string)[]) =>
    ({ name, dtype: 'float32', shape }) as const
  graph.inputs.push(info('x', [4, 5]), info('w', [5, columns]))
  graph.outputs.push(info('y', [4, columns]), info('z', [4, columns]))
  const producer = { name: '', version: '' }
  return writeModel({
    ...{ irVersion: 8, opsets: new Map([['', 17]]), producer, metadata: new Map(), graph },
  })
}

const values = (count: number) => Array.from({ length: count }, (_, i) => Math.sin(i + 1))
const feeds = { x: float32Tensor(values(20), [4, 5]), w: float32Tensor(values(15), [5, 3]) }

/** A worker thread cannot read TypeScript: the room as JavaScript. */
async function realThread(): Promise<SessionThread> {
  const write = transpiledRooms('base', 'onnx', 'engine')
  const url = write('entry.js', "export { openThread } from './engine/index.js'\n")
  const room = (await import(/* @vite-ignore */ url.href)) as { openThread: typeof openThread }
  return room.openThread()
}

describe.each([
  ['in a thread of its own', realThread],
  ['of a checkout that runs its TypeScript directly', async () => openThread()],
])('a session %s', (_, open) => {
  let thread: SessionThread
  beforeAll(async () => {
    thread = await open()
  })
  afterAll(() => thread.close())

  it('gives the bits of a session here, into the given memory or fresh', async () => {
    const [here, there] = [
      await createSession(model(), { threads: 1 }),
      await thread.createSession(model()),
    ]
    expect(there.inputs).toEqual(here.inputs)
    const wanted = await here.run(feeds)
    const all = await there.run(feeds)
    expect(Object.keys(all)).toEqual(['y', 'z'])
    expect([all.y, all.z]).toEqual([wanted.y, wanted.z])
    const into = float32Tensor(new Float32Array(12).fill(7), [4, 3])
    const made = await there.run(feeds, { z: into })
    expect(made).toEqual({ z: wanted.z })
    expect(made.z).toBe(into)
    const other = { ...feeds, x: float32Tensor(values(20).reverse(), [4, 5]) }
    expect((await there.run(other)).y).toEqual((await here.run(other)).y)
    await here.close()
    await there.close()
  })

  it('refuses what does not fit in a sentence', async () => {
    const session = await thread.createSession(model())
    const wrong = { ...feeds, w: float32Tensor(values(10), [5, 2]) }
    await expect(session.run(wrong)).rejects.toThrow(/input "w": expected .*\[5,3\].*\[5,2\]/)
    await expect(session.run({ x: feeds.x })).rejects.toThrow(/input "w": nothing was fed/)
    const bool = { ...feeds, w: tensor('bool', [5, 3], new Uint8Array(15)) }
    await expect(session.run(bool)).rejects.toThrow(/float32/)
    await expect(thread.createSession(Uint8Array.of(1, 2))).rejects.toThrow(/ONNX file/)
    await session.close()
    await expect(session.run(feeds)).rejects.toThrow(/closed/)
  })
})

describe('a thread', () => {
  it('runs sessions of any shape, several calls under way, what was fed free at once', async () => {
    const thread = await realThread()
    const [here, there] = [await createSession(model('n')), await thread.createSession(model('n'))]
    const widths = [3, 1, 7, 2]
    const fed = widths.map(n => ({ x: feeds.x, w: float32Tensor(values(5 * n), [5, n]) }))
    const wanted = []
    for (const one of fed) wanted.push(await here.run(one))
    const asked = fed.map(({ x, w }) => {
      const shared = { x, w: float32Tensor(w.data, w.shape) }
      const made = there.run(shared)
      shared.w.data.fill(Number.NaN)
      return made
    })
    expect(await Promise.all(asked)).toEqual(wanted)
    await Promise.all([here.close(), thread.close()])
  })

  it('does no more once it is closed', async () => {
    const thread = await realThread()
    const session = await thread.createSession(model())
    await thread.close()
    await expect(session.run(feeds)).rejects.toThrow(/closed/)
    await expect(thread.createSession(model())).rejects.not.toBeInstanceOf(ModelError)
  })
})
