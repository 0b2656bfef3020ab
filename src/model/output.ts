import { didYouMean, ModelError, sizeOf } from '../base/index.js'
import { type Graph, intOf, type Node, producers, type ValueInfo } from '../onnx/index.js'

/** What the numbers of an output are, read from the operator they come from. */
export type OutputKind = 'logits' | 'probabilities' | 'log-probabilities' | 'sigmoid'

export interface ModelOutput {
  readonly name: string
  readonly kind: OutputKind
  /** Why it is of this kind. */
  readonly reason: string
  /** Numbers a sample: classes, or regression outputs. */
  readonly size: number
  /** Answers a sample: more than one of a detector's anchors or a tagger's steps, one after another. */
  readonly places: number
}

/** How many answers an output of this shape, without the batch, holds: rows before its last axis. */
export function placesOf(shape: readonly number[]): number {
  const wide = shape.filter(size => size > 1).length
  return wide > 1 ? sizeOf(shape.slice(0, -1)) : 1
}

/** Throws ModelError for an output that answers at many places; `where` says what wants one answer. */
export function requireOneAnswer({ name, size, places }: ModelOutput, where: string): void {
  if (places === 1) return
  throw new ModelError(
    `${where}: expected one answer a sample, and the output "${name}" gives ${places.toLocaleString('en')} of ${size / places} numbers. Pick another with --output, or measure this one on unlabelled data.`,
  )
}

/** The output named, or the only one; throws ModelError where there are several and none is named. */
export function chosenOutput(graph: Graph, name?: string): ValueInfo {
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

/** Operators that only move numbers on their way out. */
const carriers = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Cast'])

/**
 * Recognises what an output holds from what the graph does last: Softmax (also written out as Exp,
 * ReduceSum, Div), LogSoftmax or Sigmoid; else logits.
 */
export function kindOf(graph: Graph, output: string): { kind: OutputKind; reason: string } {
  const makers = producers(graph)
  const last = lastComputing(makers, output)
  // A mean of probabilities is one.
  if (last?.op === 'ReduceMean') {
    const inner = kindOf(graph, last.inputs[0])
    if (inner.kind !== 'logits') return { ...inner, reason: `${inner.reason}, averaged` }
  }
  const ending = last ? `the model ends in ${last.op}` : 'no operator makes the output'
  if (last?.op === 'Softmax' && isOverClasses(last))
    return { kind: 'probabilities', reason: ending }
  if (last?.op === 'LogSoftmax' && isOverClasses(last))
    return { kind: 'log-probabilities', reason: ending }
  if (last?.op === 'Sigmoid') return { kind: 'sigmoid', reason: ending }
  if (last && isWrittenOutSoftmax(last, makers))
    return { kind: 'probabilities', reason: 'the model ends in a Softmax written out' }
  return { kind: 'logits', reason: ending }
}

function lastComputing(makers: ReadonlyMap<string, Node>, output: string): Node | undefined {
  let node = makers.get(output)
  while (node && carriers.has(node.op)) node = makers.get(node.inputs[0])
  return node
}

function isOverClasses(node: Node): boolean {
  return [-1, 1].includes(intOf(node, 'axis', -1))
}

/** exp(x) / sum(exp(x)). */
function isWrittenOutSoftmax(node: Node, makers: ReadonlyMap<string, Node>): boolean {
  if (node.op !== 'Div') return false
  const [exponential, sum] = node.inputs.map(name => makers.get(name))
  return exponential?.op === 'Exp' && sum?.op === 'ReduceSum' && sum.inputs[0] === node.inputs[0]
}
