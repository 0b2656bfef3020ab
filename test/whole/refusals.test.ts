/** What training refuses before anything is written. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { float32Tensor, tensor } from '../../src/base/index.js'
import { evaluate, inspect, train } from '../../src/index.js'
import {
  type Attribute,
  type Attributes,
  emptyGraph,
  type Graph,
  int,
  type Node,
  writeModel,
} from '../../src/onnx/index.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-refusals-'))
afterAll(() => rmSync(folder, { recursive: true }))

const node = (op: string, inputs: string[], output: string, attributes: Attributes = {}): Node => ({
  ...{ name: `the ${op}`, op, domain: '', inputs, outputs: [output], attributes },
})

const branch = (op: string): Attribute => ({
  type: 'graph',
  value: { ...emptyGraph(op), nodes: [node(op, ['a'], op)], outputs: [{ name: op }] },
})

/** Features [4] to classes [2] in two layers, with some operator between. */
function write(name: string, between: Node[], more: [string, ReturnType<typeof tensor>][] = []) {
  const graph: Partial<Graph> = {
    nodes: [
      node('MatMul', ['x', 'first'], 'a'),
      ...between,
      { ...node('MatMul', ['b', 'second'], 'y'), name: 'last' },
    ],
    inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 4] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['n', 2] }],
    initializers: new Map([
      ['first', float32Tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7], [4, 4])],
      ['second', float32Tensor([1, -1, 2, -2, 3, -3, 4, -4], [4, 2])],
      ...more,
    ]),
  }
  const path = join(folder, name)
  writeFileSync(
    path,
    writeModel({
      irVersion: 8,
      opsets: new Map([['', 17]]),
      producer: { name: 'test', version: '' },
      metadata: new Map(),
      graph: { ...emptyGraph('g'), ...graph },
    }),
  )
  return path
}

/** Which branch is taken depends on the samples. */
const choosing = () =>
  write(
    'choosing.onnx',
    [
      node('ReduceMax', ['x'], 'largest', { keepdims: int(0) }),
      node('Greater', ['largest', 'limit'], 'isLarge'),
      node('If', ['isLarge'], 'b', { then_branch: branch('Relu'), else_branch: branch('Neg') }),
    ],
    [['limit', tensor('float32', [], Float32Array.of(0))]],
  )
const quantised = () =>
  write(
    'quantised.onnx',
    [
      node('QuantizeLinear', ['a', 'scale', 'zero'], 'q'),
      node('DequantizeLinear', ['q', 'scale', 'zero'], 'b'),
    ],
    [
      ['scale', tensor('float32', [], Float32Array.of(0.1))],
      ['zero', tensor('uint8', [], Uint8Array.of(128))],
    ],
  )

const table = join(folder, 'table.csv')
writeFileSync(
  table,
  `a,b,c,d,class\n${Array.from({ length: 80 }, (_, i) => `${i % 3},${i % 5},1,${i % 2},${i % 2}`).join('\n')}\n`,
)

function attempt(file: string, freeze?: string[]) {
  const out = join(folder, `run ${freeze ?? ''}`)
  const recipe = {
    model: { file, freeze },
    data: { train: table },
    train: { epochs: 1, batch: 16 },
  }
  return { out, done: train({ recipe, out, threads: 1 }) }
}

describe('training refuses, and writes nothing', () => {
  it('a parameter that loses its gradient, naming operator, node and what to freeze', async () => {
    const { out, done } = attempt(choosing())
    await expect(done).rejects.toThrow(
      /parameter "first" gets no gradient: If node "the If".*freeze: \["first"\]/,
    )
    expect(existsSync(out)).toBe(false)
  })

  it('a quantised model, which is still measured', async () => {
    const { out, done } = attempt(quantised())
    await expect(done).rejects.toThrow(/quantised.*floating-point model/)
    expect(existsSync(out)).toBe(false)
    const { clean } = await evaluate({ model: quantised(), data: table, threads: 1 })
    expect(clean.accuracy).toBeGreaterThanOrEqual(0)
  })

  it('with the same words in inspect', async () => {
    expect((await inspect(quantised())).harden).toMatchObject({ possible: false })
    const { harden } = await inspect(choosing())
    expect(harden?.notes[0]).toMatch(/If node "the If".*--freeze "first"/)
  })

  it('nothing once the parameter is frozen', async () => {
    const { done } = attempt(choosing(), ['first'])
    await expect(done).resolves.toMatchObject({ finished: true })
  })
})
