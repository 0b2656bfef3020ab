import { describe, expect, it } from 'vitest'
import { unrollRecurrent } from '../../src/autodiff/recurrent.js'
import { keyOf, Random, type Tensor } from '../../src/base/index.js'
import { createSession } from '../../src/engine/index.js'
import {
  Builder,
  emptyGraph,
  type Graph,
  inferNode,
  intOf,
  writeModel,
} from '../../src/onnx/index.js'
import { type Feed, interpret } from '../reference/index.js'
import type { Case } from './case.js'
import { recurrentCases } from './cases/recurrent.js'
import { Draw } from './draw.js'

const draws = Object.entries(recurrentCases).flatMap(([op, make]) =>
  Array.from({ length: 16 }, (_, i) => {
    const draw = new Draw(new Random(keyOf(0, `test:unroll ${op}`, i)))
    return { op, i, drawn: make(draw, i) }
  }),
)

function graphOf(op: string, { inputs, attributes = {}, outputs = 1 }: Case): Graph {
  const graph = emptyGraph(op)
  const names = inputs.map((input, i) => (input ? `x${i}` : ''))
  for (const [i, input] of inputs.entries())
    if (input) graph.inputs.push({ name: names[i], dtype: input.dtype, shape: [...input.shape] })
  const results = Array.from({ length: outputs }, (_, i) => `y${i}`)
  graph.nodes.push({ name: op, op, domain: '', inputs: names, outputs: results, attributes })
  const b = new Builder(graph)
  for (const [i, type] of inferNode(graph.nodes[0], b).entries())
    if (results[i]) b.setType(results[i], type)
  graph.outputs = results.map(name => graph.values.get(name)!)
  return graph
}

async function run(graph: Graph, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const model = {
    irVersion: 10,
    opsets: new Map([['', 21]]),
    producer: { name: '', version: '' },
    metadata: new Map<string, string>(),
    graph,
  }
  const session = await createSession(writeModel(model), { threads: 1 })
  const results = await session.run(feeds)
  await session.close()
  return results
}

describe.each(draws)('$op case $i', ({ op, drawn }) => {
  const feeds = Object.fromEntries(
    drawn.inputs.flatMap((input, i) => (input ? [[`x${i}`, input]] : [])),
  )

  const doubles = new Map(Object.entries(feeds) as [string, Feed][])

  it('unrolls to the same values as the definition', () => {
    const wanted = interpret(graphOf(op, drawn), doubles)
    const graph = graphOf(op, drawn)
    unrollRecurrent(new Builder(graph))
    expect(graph.nodes.some(node => node.op === op)).toBe(false)
    const actual = interpret(graph, doubles)
    for (const { name } of graph.outputs)
      for (const [i, value] of actual.get(name)!.data.entries())
        expect(value).toBeCloseTo(wanted.get(name)!.data[i], 6)
  })

  // ONNX Runtime has no batch-first layout.
  it.skipIf(intOf({ attributes: drawn.attributes } as never, 'layout', 0) === 1)(
    'unrolls to the same values as ONNX Runtime',
    async () => {
      const wanted = await run(graphOf(op, drawn), feeds)
      const graph = graphOf(op, drawn)
      unrollRecurrent(new Builder(graph))
      const actual = await run(graph, feeds)
      for (const { name } of graph.outputs)
        for (const [i, value] of (actual[name].data as Float32Array).entries())
          expect(Math.abs(value - (wanted[name].data[i] as number))).toBeLessThan(1e-5)
    },
  )
})
