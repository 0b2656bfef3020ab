import { normalizeAxis, sameShape } from '../base/index.js'
import { type Builder, intOf, type Node } from '../onnx/index.js'

/** What a network does last to the values it was trained on. */
export interface FinalActivation {
  readonly op: 'Softmax' | 'LogSoftmax' | 'Sigmoid'
  /** The value before it. */
  readonly logits: string
  /** The axis of the classes; undefined for Sigmoid. */
  readonly axis?: number
}

/** Operators that hand values on in another shape. */
const passing = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'])

/**
 * The Softmax, LogSoftmax or Sigmoid that an output ends in, where nothing but changes of shape
 * that keep the order of the axes larger than 1 lie between.
 */
export function finalActivation(b: Builder, output: string): FinalActivation | undefined {
  const node = producerOf(b, output)
  if (node?.domain !== '') return undefined
  const [x] = node.inputs
  if (passing.has(node.op) && sameShape(wide(b, x), wide(b, output))) return finalActivation(b, x)
  if (node.op === 'Sigmoid') return { op: 'Sigmoid', logits: x }
  if (node.op !== 'Softmax' && node.op !== 'LogSoftmax') return undefined
  return { op: node.op, logits: x, axis: normalizeAxis(intOf(node, 'axis', -1), b.shape(x).length) }
}

const producerOf = (b: Builder, name: string): Node | undefined =>
  b.graph.nodes.find(node => node.outputs.includes(name))

const wide = (b: Builder, name: string) => b.shape(name).filter(size => size !== 1)
