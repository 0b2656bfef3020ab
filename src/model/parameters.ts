import { sizeOf, type Tensor } from '../base/index.js'
import type { Graph, Node } from '../onnx/index.js'

/** What a tensor of the model is to its node. */
export type Role = 'weight' | 'bias' | 'scale' | 'statistic'

/** A tensor that was learned, with its place in the file. */
export interface Parameter {
  readonly name: string
  readonly shape: readonly number[]
  readonly length: number
  readonly role: Role
  /** The operator and node that use it first, for messages. */
  readonly usedBy: string
  readonly value: Tensor<'float32'>
}

/** By operator: the role of each input that may hold something learned. */
const learnedInputs: Readonly<Record<string, readonly (Role | undefined)[]>> = {
  Conv: [undefined, 'weight', 'bias'],
  ConvTranspose: [undefined, 'weight', 'bias'],
  Gemm: ['weight', 'weight', 'bias'],
  MatMul: ['weight', 'weight'],
  Einsum: ['weight', 'weight'],
  Gather: ['weight'],
  PRelu: [undefined, 'scale'],
  BatchNormalization: [undefined, 'scale', 'bias', 'statistic', 'statistic'],
  InstanceNormalization: [undefined, 'scale', 'bias'],
  LayerNormalization: [undefined, 'scale', 'bias'],
  GroupNormalization: [undefined, 'scale', 'bias'],
  RMSNormalization: [undefined, 'scale'],
  GRU: [undefined, 'weight', 'weight', 'bias'],
  LSTM: [undefined, 'weight', 'weight', 'bias'],
  RNN: [undefined, 'weight', 'weight', 'bias'],
  Add: ['bias', 'bias'],
  Sub: ['bias', 'bias'],
  Mul: ['scale', 'scale'],
  Div: ['scale', 'scale'],
}

/**
 * The learned tensors of a graph, in the order in which nodes use them. A float constant of one
 * element is a setting (a factor, a bound), not something learned.
 */
export function findParameters(graph: Graph): Parameter[] {
  const found = new Map<string, Parameter>()
  for (const node of graph.nodes)
    for (const [position, role] of (learnedInputs[node.op] ?? []).entries()) {
      const name = node.inputs[position]
      const value = name && role ? graph.initializers.get(name) : undefined
      if (value?.dtype !== 'float32' || found.has(name)) continue
      const length = sizeOf(value.shape)
      if (length < 2 && !['weight', 'statistic'].includes(role!) && !isBiasVector(node, value))
        continue
      found.set(name, {
        name,
        shape: value.shape,
        length,
        role: role!,
        usedBy: `${node.op} "${node.name || node.outputs[0]}"`,
        value: value as Tensor<'float32'>,
      })
    }
  return [...found.values()]
}

/** A layer with one unit has a bias or scale of one element, which is learned all the same. */
function isBiasVector(node: Node, value: Tensor): boolean {
  return value.shape.length === 1 && !['Add', 'Sub', 'Mul', 'Div'].includes(node.op)
}
