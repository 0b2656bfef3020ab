import { backward } from '../../src/autodiff/index.js'
import { unrollRecurrent } from '../../src/autodiff/recurrent.js'
import { isFloat, type Tensor } from '../../src/base/index.js'
import { createSession } from '../../src/engine/index.js'
import { lower, runtimeDomains } from '../../src/lowering/index.js'
import {
  Builder,
  CANONICAL_OPSET,
  emptyGraph,
  type Graph,
  inferNode,
  pruneUnused,
  writeModel,
} from '../../src/onnx/index.js'
import { type Feed, interpret } from '../reference/index.js'
import type { Case } from './case.js'
import type { Draw } from './draw.js'

/** Worst errors of one case, relative to the largest element of each gradient. */
export interface Errors {
  /** The gradient graph in double precision against central differences of the forward graph. */
  readonly rule: number
  /** The gradient graph in ONNX Runtime's float32 against the same in double precision. */
  readonly runtime: number
}

/** A node, its inputs' values, a gradient of its outputs, and the graph of those of its inputs. */
export interface Differentiated {
  readonly forward: Graph
  readonly feeds: ReadonlyMap<string, Tensor>
  /** By the output's name: the gradient's name and value. */
  readonly seeds: ReadonlyMap<string, [string, Tensor]>
  readonly wrt: readonly string[]
  readonly gradients: Graph
  /** The same, as the engine under test runs it. */
  readonly forRuntime: Graph
  /** The outputs of `gradients` by what they are gradients of. */
  readonly of: ReadonlyMap<string, string>
}

/** Throws where a gradient that was asked for is missing. */
export function differentiate(op: string, drawn: Case, draw: Draw): Differentiated {
  const forward = forwardGraph(op, drawn)
  const seeds = seedTensors(forward, drawn, draw)
  const feeds = new Map<string, Tensor>([...feedsOf(drawn), ...seeds.values()])
  const wrt = wrtOf(drawn)
  const { graph, forRuntime, of } = gradientGraph(forward, seeds, wrt)
  for (const name of wrt) if (!of.has(name)) throw new Error(`no gradient of input ${name}`)
  return { forward, feeds, seeds, wrt, gradients: graph, forRuntime, of }
}

/** Differentiates one node and compares. */
export async function checkCase(op: string, drawn: Case, draw: Draw): Promise<Errors> {
  const node = differentiate(op, drawn, draw)
  const doubles = interpret(node.gradients, node.feeds as ReadonlyMap<string, Feed>)
  const singles = await runInRuntime(node.forRuntime, node.feeds)
  let [rule, runtime] = [0, 0]
  for (const [name, output] of node.of) {
    const analytic = doubles.get(output)!.data
    rule = Math.max(rule, worst(analytic, centralDifferences(node, name)))
    runtime = Math.max(runtime, worst(singles[output].data as Float32Array, analytic))
  }
  return { rule, runtime }
}

/** One node with inputs x0, x1, ... and outputs y0, y1, ... */
function forwardGraph(op: string, drawn: Case): Graph {
  const graph = emptyGraph(op)
  const { inputs, outputs = 1, attributes = {} } = drawn
  const constants = drawn.constants ?? inputs.flatMap((x, i) => (x && !isFloat(x.dtype) ? [i] : []))
  for (const [i, value] of inputs.entries()) {
    if (!value) continue
    const { dtype, shape } = value
    if (constants.includes(i)) graph.initializers.set(`x${i}`, value)
    else graph.inputs.push({ name: `x${i}`, dtype, shape: [...shape] })
  }
  const at = op.lastIndexOf('.')
  const node = {
    ...{ name: 'node', op: op.slice(at + 1), domain: at < 0 ? '' : op.slice(0, at), attributes },
    inputs: inputs.map((x, i) => (x ? `x${i}` : '')),
    outputs: Array.from({ length: outputs }, (_, k) => `y${k}`),
  }
  graph.nodes.push(node)
  const b = new Builder(graph)
  for (const [k, type] of inferNode(node, b).slice(0, outputs).entries()) b.setType(`y${k}`, type)
  return graph
}

function feedsOf({ inputs, constants }: Case): [string, Tensor][] {
  return inputs.flatMap((x, i): [string, Tensor][] =>
    x && !(constants ?? []).includes(i) ? [[`x${i}`, x]] : [],
  )
}

const wrtOf = ({ inputs, wrt, constants = [] }: Case): string[] =>
  (
    wrt ?? inputs.flatMap((x, i) => (x && isFloat(x.dtype) && !constants.includes(i) ? [i] : []))
  ).map(i => `x${i}`)

/** A random gradient for every floating-point output, by the output's name: [its name, value]. */
function seedTensors(graph: Graph, drawn: Case, draw: Draw): Map<string, [string, Tensor]> {
  const outputs = graph.nodes[0].outputs.map(name => graph.values.get(name)!)
  const seeded = outputs.filter(
    ({ dtype }, k) => isFloat(dtype!) && (drawn.seeds?.includes(k) ?? true),
  )
  return new Map(
    seeded.map(({ name, shape }) => [name, [`d${name}`, draw.reals(shape as number[], -1, 1)]]),
  )
}

function gradientGraph(
  forward: Graph,
  seeds: ReadonlyMap<string, [string, Tensor]>,
  wrt: readonly string[],
): { graph: Graph; forRuntime: Graph; of: ReadonlyMap<string, string> } {
  const graph = copyOf(forward)
  for (const [name, { dtype, shape }] of seeds.values())
    graph.inputs.push({ name, dtype, shape: [...shape] })
  const b = new Builder(graph)
  unrollRecurrent(b)
  const dy = new Map([...seeds].map(([y, [name]]) => [y, name]))
  const { gradients, stops } = backward(b, dy, wrt)
  if (stops.length) throw new Error(`stopped: ${JSON.stringify(stops)}`)
  const of = new Map([...gradients].map(([x, dx]) => [x, b.emit('Identity', [dx])]))
  graph.outputs = [...of.values()].map(name => graph.values.get(name)!)
  const [lowered, forRuntime] = [lower(graph, { column: 'portable' }), lower(graph)]
  pruneUnused(lowered)
  pruneUnused(forRuntime)
  return { graph: lowered, forRuntime, of }
}

const copyOf = (graph: Graph): Graph => ({
  ...graph,
  nodes: graph.nodes.map(node => ({ ...node, outputs: [...node.outputs] })),
  inputs: [...graph.inputs],
  initializers: new Map(graph.initializers),
  values: new Map(graph.values),
})

async function runInRuntime(
  graph: Graph,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<Record<string, Tensor>> {
  const bytes = writeModel({
    irVersion: 10,
    opsets: new Map([['', CANONICAL_OPSET], ...runtimeDomains(graph)]),
    producer: { name: '', version: '' },
    metadata: new Map(),
    graph,
  })
  const session = await createSession(bytes, { threads: 1 })
  const own = graph.inputs.map(({ name }) => [name, feeds.get(name)!] as const)
  const results = await session.run(Object.fromEntries(own))
  await session.close()
  return results
}

/** d(sum of seed y) / dx, element by element: (f(x + h) - f(x - h)) / 2h in double precision. */
function centralDifferences({ forward, feeds, seeds }: Differentiated, name: string): Float64Array {
  const { shape, data } = feeds.get(name)!
  const moved = Float64Array.from(data as Float32Array)
  const changed = new Map(feeds as ReadonlyMap<string, Feed>)
  changed.set(name, { shape, data: moved })
  const value = () => {
    const values = interpret(forward, changed)
    let total = 0
    for (const [y, [, seed]] of seeds)
      values.get(y)!.data.forEach((element, i) => {
        total += element * Number(seed.data[i])
      })
    return total
  }
  return Float64Array.from(data as Float32Array, (x, i) => {
    const h = 1e-5 * Math.max(1, Math.abs(x))
    moved[i] = x + h
    const up = value()
    moved[i] = x - h
    const down = value()
    moved[i] = x
    return (up - down) / (2 * h)
  })
}

/** The largest difference, relative to the largest element wanted (0.01 at least). */
export function worst(actual: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (actual.length !== wanted.length) return Number.POSITIVE_INFINITY
  let [difference, scale] = [0, 0.01]
  for (let i = 0; i < wanted.length; i++) {
    const own = Math.abs(actual[i] - wanted[i])
    difference = Number.isNaN(own) ? Number.POSITIVE_INFINITY : Math.max(difference, own)
    scale = Math.max(scale, Math.abs(wanted[i]))
  }
  return difference / scale
}
