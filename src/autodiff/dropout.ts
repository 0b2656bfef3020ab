import { type Builder, floatOf, type Node } from '../onnx/index.js'
import { addInput } from './ports.js'
import { forbidden, inputOf, type Row, rule } from './rule.js'

/** A mask a training graph takes in place of a Dropout: 0, or 1 / (1 - ratio), an element. */
export interface DropoutMask {
  /** The input's name; its shape is that of the Dropout's input. */
  readonly name: string
  readonly shape: readonly number[]
  /** The share of elements to drop, in [0, 1). */
  readonly ratio: number
}

/**
 * Makes every Dropout the identity, or (with `masks`) a product with a mask that is fed, so that
 * the network draws nothing by itself. A Dropout whose own mask is read stays the identity.
 */
export function useDropoutMasks(b: Builder, masks: boolean): DropoutMask[] {
  const read = new Set(b.graph.nodes.flatMap(node => node.inputs))
  const dropouts = b.graph.nodes.filter(node => node.op === 'Dropout' && node.domain === '')
  return dropouts.flatMap(node => {
    const ratio = ratioOf(b, node)
    node.inputs = node.inputs.slice(0, 1)
    const ownMask = inputOf({ ...node, inputs: node.outputs }, 1)
    if (!masks || ratio === 0 || (ownMask && read.has(ownMask))) return []
    const shape = b.shape(node.inputs[0])
    const name = addInput(b, `${node.outputs[0]}.mask`, shape)
    Object.assign(node, { op: 'Mul', inputs: [node.inputs[0], name], attributes: {} })
    node.outputs = node.outputs.slice(0, 1)
    return [{ name, shape, ratio }]
  })
}

/** The share dropped: a constant input, an attribute in old files, or one half. */
function ratioOf(b: Builder, node: Node): number {
  const given = inputOf(node, 1)
  const value = given === undefined ? undefined : b.tensor(given)
  return value ? Number(value.data[0]) : floatOf(node, 'ratio', 0.5)
}

export const dropoutRules = {
  // inference: y = x, dx = dy
  Dropout: rule(({ b, node, dy }) => {
    const training = inputOf(node, 2)
    const isTraining = training !== undefined && Number(b.tensor(training)?.data[0] ?? 1) === 1
    return isTraining && ratioOf(b, node) > 0
      ? forbidden('draws a mask of its own in training mode')
      : [dy]
  }),
} satisfies Record<string, Row>
