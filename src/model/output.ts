import { didYouMean, ModelError } from '../base/index.js'
import { type Dimension, type Graph, intOf, type Node, type ValueInfo } from '../onnx/index.js'

/** What the numbers of an output are, read from the operator they come from. */
export type OutputKind = 'logits' | 'probabilities' | 'log-probabilities' | 'sigmoid'

export interface ModelOutput {
  readonly name: string
  readonly kind: OutputKind
  /** Numbers a sample: classes, or regression outputs. */
  readonly size: number
}

/** Operators that only move numbers on their way out. */
const carriers = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Cast'])

/** The output named, or the only one; throws ModelError where there are several and none is named. */
export function findOutput(graph: Graph, name?: string): ModelOutput {
  const info = chosenOutput(graph, name)
  return { name: info.name, kind: kindOf(graph, info.name), size: sizeOfOutput(info) }
}

function chosenOutput(graph: Graph, name?: string): ValueInfo {
  const names = graph.outputs.map(output => output.name)
  if (name === undefined && names.length === 1) return graph.outputs[0]
  const info = graph.outputs.find(output => output.name === name)
  if (info) return info
  throw new ModelError(
    name === undefined
      ? `model: it has ${names.length} outputs (${names.join(', ')}). Pick one with --output.`
      : `--output: expected one of ${names.join(', ')}, received "${name}".${didYouMean(name, names)}`,
  )
}

function kindOf(graph: Graph, name: string): OutputKind {
  const node = lastComputing(graph, name)
  if (node?.op === 'Softmax') return isOverClasses(node) ? 'probabilities' : 'logits'
  if (node?.op === 'LogSoftmax') return isOverClasses(node) ? 'log-probabilities' : 'logits'
  return node?.op === 'Sigmoid' ? 'sigmoid' : 'logits'
}

function lastComputing(graph: Graph, name: string): Node | undefined {
  const node = graph.nodes.find(candidate => candidate.outputs.includes(name))
  return node && carriers.has(node.op) ? lastComputing(graph, node.inputs[0]) : node
}

function isOverClasses(node: Node): boolean {
  return [-1, 1].includes(intOf(node, 'axis', -1))
}

function sizeOfOutput({ shape }: ValueInfo): number {
  return (shape ?? [])
    .slice(1)
    .reduce<number>((size, d: Dimension) => size * (typeof d === 'number' ? d : 1), 1)
}
