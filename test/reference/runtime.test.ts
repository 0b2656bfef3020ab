import { describe, expect, it } from 'vitest'
import { isFloat, keyOf, Random, type Tensor, toNumbers } from '../../src/base/index.js'
import {
  CANONICAL_OPSET,
  emptyGraph,
  foldConstants,
  type Graph,
  inferGraph,
  writeModel,
} from '../../src/onnx/index.js'
import type { Case } from '../gradcheck/case.js'
import { cases } from '../gradcheck/cases/index.js'
import { Draw } from '../gradcheck/draw.js'
import { runModel } from '../support/runtime.js'
import { type Feed, interpret, knows, toValue } from './index.js'
import { fixedCases, passingCases } from './passing-cases.js'
import { typedCases } from './typed-cases.js'

const casesPerOperator = 6

/** One graph with every case of an operator in it: inputs c0x0, c0x1, ..., outputs c0y0, ... */
function graphOf(op: string, drawn: readonly Case[], first = 0) {
  const graph = emptyGraph(op)
  const feeds = new Map<string, Tensor>()
  for (const [at, { inputs, outputs = 1, attributes = {}, constants }] of drawn.entries()) {
    const c = first + at
    const names = inputs.map((x, i) => (x ? `c${c}x${i}` : ''))
    for (const [i, value] of inputs.entries()) {
      if (!value) continue
      const isConstant = constants?.includes(i) ?? !isFloat(value.dtype)
      if (isConstant) graph.initializers.set(names[i], value)
      else feeds.set(names[i], value)
    }
    const made = Array.from({ length: outputs }, (_, k) => `c${c}y${k}`)
    const dot = op.lastIndexOf('.')
    const domain = op.slice(0, Math.max(0, dot))
    const node = { name: `case ${c}`, op: op.slice(dot + 1), domain }
    graph.nodes.push({ ...node, attributes, inputs: names, outputs: made })
    graph.outputs.push(...made.map(name => ({ name })))
  }
  graph.inputs = [...feeds].map(([name, { dtype, shape }]) => ({ name, dtype, shape: [...shape] }))
  return { graph, feeds }
}

/** Operators whose newest form the runtime does not have yet; it is the same in this older opset. */
const olderOpset: Readonly<Record<string, number>> = {
  GlobalLpPool: 21,
  MaxRoiPool: 21,
  Multinomial: 21,
  RandomNormal: 21,
  RandomUniformLike: 21,
  RoiAlign: 21,
}

const modelOf = (graph: Graph) =>
  writeModel({
    irVersion: 10,
    opsets: new Map([
      ['', olderOpset[graph.name] ?? CANONICAL_OPSET],
      ['com.microsoft', 1],
    ]),
    producer: { name: '', version: '' },
    metadata: new Map(),
    graph,
  })

/** What ONNX Runtime 1.30 does not take, though Temper does. */
const refusals = [
  'Batchwise recurrent operations', // layout 1
  'Axes input is null', // Squeeze with its axes left out by an empty name
  "If 'num_outputs' is specified, the 'split' input should not be provided",
]

/** Cases in which ONNX Runtime 1.30 computes something else than the specification says. */
const departs: Readonly<Record<string, (drawn: Case) => boolean>> = {
  // a single point stands at 1, not at -1
  AffineGrid: ({ attributes, inputs }) =>
    attributes?.align_corners?.value === 1 && toNumbers(inputs[1]!).slice(2).includes(1),
  // indices are taken to count in the larger output
  MaxUnpool: ({ inputs }) => inputs.length === 3,
}

/** The outputs of the cases the runtime takes; a refusal for a reason not listed is thrown. */
async function run(op: string, drawn: readonly Case[]): Promise<Record<string, Tensor>> {
  const results: Record<string, Tensor> = {}
  for (const [c, one] of drawn.entries()) {
    if (departs[op]?.(one)) continue
    try {
      const { graph, feeds } = graphOf(op, [one], c)
      Object.assign(results, await runModel(modelOf(graph), Object.fromEntries(feeds)))
    } catch (error) {
      if (!refusals.some(reason => String(error).includes(reason))) throw error
    }
  }
  return results
}

/** The largest difference, relative to the largest element wanted; NaN and infinities must agree. */
function worst(actual: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let [difference, scale] = [0, 1]
  for (let i = 0; i < wanted.length; i++) {
    if (Object.is(actual[i], wanted[i]) || actual[i] === wanted[i]) continue
    const own = Math.abs(actual[i] - wanted[i])
    difference = Number.isNaN(own) ? Infinity : Math.max(difference, own)
    if (Number.isFinite(wanted[i])) scale = Math.max(scale, Math.abs(wanted[i]))
  }
  return difference / scale
}

/** A copy in which every input is a constant and folding is free to go on to the end. */
function constantCopy({ graph, feeds }: { graph: Graph; feeds: ReadonlyMap<string, Tensor> }) {
  const outputs = graph.outputs.map(({ name }) => ({ name: `${name}/out` }))
  const ends = graph.outputs.map(({ name }) => ({
    ...{ name: '', op: 'Identity', domain: '', attributes: {} },
    inputs: [name],
    outputs: [`${name}/out`],
  }))
  const initializers = new Map([...graph.initializers, ...feeds])
  return { ...graph, nodes: [...graph.nodes, ...ends], inputs: [], outputs, initializers }
}

const all = [cases, passingCases, fixedCases, typedCases].flatMap(table =>
  Object.entries(table).map(([op, make]) => ({ op, make })),
)

describe('inference, reference and folding against ONNX Runtime', () => {
  it.each(all)('$op', async ({ op, make }) => {
    const drawn = Array.from({ length: casesPerOperator }, (_, i) =>
      make(new Draw(new Random(keyOf(1, `runtime:${op}`, i))), i),
    )
    const { graph, feeds } = graphOf(op, drawn)
    const results = await run(op, drawn)
    expect(Object.keys(results).length).toBeGreaterThan(0)
    const typed: Graph = { ...graph, outputs: graph.outputs.map(({ name }) => ({ name })) }
    const unknown = inferGraph(typed)
    const folded = foldConstants(constantCopy({ graph, feeds }), { parameters: new Set() })
    const doubles = knows(graph.nodes[0]) ? interpret(graph, feeds as Map<string, Feed>) : undefined
    for (const { name, dtype, shape } of typed.outputs) {
      const wanted = results[name]
      if (!wanted) continue
      const numbers = toValue(wanted as Feed).data
      if (unknown.has(name)) continue
      expect([name, dtype, shape]).toEqual([name, wanted.dtype, wanted.shape])
      if (doubles) expect(worst(doubles.get(name)!.data, numbers), name).toBeLessThan(2e-5)
      const constant = folded.initializers.get(name)
      if (!constant) continue
      expect([constant.dtype, constant.shape]).toEqual([wanted.dtype, wanted.shape])
      const exact = isFloat(wanted.dtype) ? 1e-6 : 0
      expect(worst(toValue(constant as Feed).data, numbers), `${name} folded`).toBeLessThanOrEqual(
        exact,
      )
    }
  })
})
