/** What becomes of the gradient of every parameter and at every operator of a model. */
import {
  isStop,
  type Lost,
  lostReason,
  rowOf,
  type Stop,
  type StoppedAt,
} from '../../autodiff/index.js'
import { ModelError } from '../../base/index.js'
import { parameterNames } from '../../model/index.js'
import { type Graph, type Node, namesRead, subgraphsOf } from '../../onnx/index.js'
import { trialOf } from '../trainable.js'
import type { InspectedModel } from './assume.js'

export interface Fates {
  /** The graph that was looked at. */
  readonly graph: Graph
  /** Parameters by name, those inside branches too; a reason where it cannot be trained. */
  readonly parameters: ReadonlyMap<string, string | undefined>
  /** Parameters that lose their gradient. */
  readonly lost: readonly string[]
  /** Nodes that a rule refused for what they are asked to do, by label. */
  readonly refused: ReadonlyMap<string, StoppedAt>
  /** Why nothing can be differentiated at all. */
  readonly obstacle?: string
}

const statistic = 'is a running statistic: measured, not trained'

/** Differentiates the model where every size is known; else follows each parameter to the output. */
export function fatesOf({ opened, closed }: InspectedModel): Fates {
  const graph = closed ?? opened.model.graph
  const statistics = opened.parameters.filter(p => p.role === 'statistic').map(p => p.name)
  const own = new Set(opened.parameters.map(p => p.name))
  const inBranches = [...parameterNames(graph)].filter(name => !graph.initializers.has(name))
  const names = [...own, ...inBranches.filter(name => !own.has(name))]
  const wanted = names.filter(name => !statistics.includes(name))
  const { lost, stops, obstacle } = closed
    ? differentiated(opened, closed, wanted)
    : { lost: wanted.flatMap(name => followed(graph, name)), stops: [], obstacle: undefined }
  const reasons = new Map(lost.map(entry => [entry.name, lostReason(entry)]))
  const reasonOf = (name: string) => (statistics.includes(name) ? statistic : reasons.get(name))
  return {
    graph,
    parameters: new Map(names.map(name => [name, reasonOf(name) ?? obstacle])),
    lost: lost.map(({ name }) => name),
    refused: new Map(stops.filter(s => s.kind === 'forbidden').map(stop => [stop.node, stop])),
    obstacle,
  }
}

function differentiated(
  opened: InspectedModel['opened'],
  graph: Graph,
  wanted: readonly string[],
): { lost: readonly Lost[]; stops: readonly StoppedAt[]; obstacle?: string } {
  try {
    return trialOf(opened, graph, wanted)
  } catch (error) {
    if (error instanceof ModelError) return { lost: [], stops: [], obstacle: error.message }
    throw error
  }
}

/** Where a parameter's gradient would end, by the operators on its way to the output alone. */
function followed(graph: Graph, name: string): Lost[] {
  const reached = new Set([name])
  const obstacles: StoppedAt[] = []
  for (const node of graph.nodes) {
    const enters = namesRead(node).some(read => reached.has(read)) || isInside(node, name)
    if (!enters) continue
    const stop = stopOf(node)
    if (stop) obstacles.push({ ...stop, op: node.op, node: node.name || node.outputs[0] })
    else for (const output of node.outputs) reached.add(output)
  }
  const refusals = obstacles.filter(({ kind }) => kind === 'forbidden')
  const at = refusals.length ? refusals : obstacles
  if (!graph.outputs.some(output => reached.has(output.name))) return [{ name, what: 'all', at }]
  return refusals.length ? [{ name, what: 'part', at: refusals }] : []
}

const isInside = (node: Node, path: string) =>
  subgraphsOf(node).length > 0 && path.startsWith(`${node.outputs[0]}/`)

/** Why no gradient passes a node; undefined where one does. */
export function stopOf(node: Node): Stop | undefined {
  const row = rowOf(node)
  if (!row) return { kind: 'forbidden', reason: 'has no gradient rule in Temper' }
  return isStop(row) ? row : undefined
}
