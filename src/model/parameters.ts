import { z } from 'zod'
import { type DataType, isFloat, ModelError, sizeOf, type Tensor } from '../base/index.js'
import {
  freeNames,
  type Graph,
  intOf,
  intsOf,
  type Model,
  type Node,
  namesRead,
  settingsKey,
  subgraphsOf,
  uses,
  type WeightPath,
  weightsOf,
} from '../onnx/index.js'
import { type Place, placeOf } from './place.js'

/** What a tensor of the model is to its node. */
export type Role = 'weight' | 'bias' | 'scale' | 'statistic'

/** A tensor that was learned, with its place in the file. */
export interface Parameter {
  /** Its name in the graph, and its path in the file. */
  readonly name: WeightPath
  readonly shape: readonly number[]
  readonly length: number
  readonly role: Role
  /** The axis along which its node's output channels lie. */
  readonly channelAxis: number
  /** The operator and node that use it first, for messages. */
  readonly usedBy: string
  readonly value: Tensor<'float32'>
  /** The element type in the file; it is trained as float32 and cast back. */
  readonly dtype: DataType
  readonly stands: Place['stands']
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

const arithmetic = new Set(['Add', 'Sub', 'Mul', 'Div'])

/** Operators that a weight passes on its way to the one that uses it. */
const passing = new Set(
  'Identity Reshape Transpose Flatten Squeeze Unsqueeze Cast Expand Split Slice Concat'.split(' '),
)

/**
 * The tensors of a graph that were learned: floats that a gradient can reach, wherever they stand.
 * Settings are left out: single factors, masks of huge numbers, what the graph itself does to its
 * input before the first layer, and what the file declares as settings.
 */
export function parameterNames(graph: Graph, declared: readonly string[] = []): Set<WeightPath> {
  const settings = new Set([...inputSettings(graph), ...declared])
  const names = [...weightsOf(graph)].filter(name => {
    const value = graph.initializers.get(name)
    return !settings.has(name) && !(value && (value.shape.length === 0 || isMask(value)))
  })
  return new Set(names)
}

function isMask({ dtype, data }: Tensor): boolean {
  return dtype === 'float32' && (data as Float32Array).some(v => !(Math.abs(v) < 1e8))
}

/** Constants that meet nothing but the input itself: a normalisation inside the model. */
function inputSettings(graph: Graph): Set<string> {
  const raw = new Set(graph.inputs.map(({ name }) => name))
  const settings = new Set<string>()
  for (const { op, inputs, outputs } of graph.nodes) {
    if (!raw.has(inputs[0]) || !(arithmetic.has(op) || passing.has(op))) continue
    for (const name of inputs.slice(1)) settings.add(name)
    for (const name of outputs) raw.add(name)
  }
  return settings
}

/** The tensors a file says are settings (`temper.settings`); throws ModelError for a broken list. */
export function declaredSettings({ metadata }: Model): string[] {
  const text = metadata.get(settingsKey)
  if (text === undefined) return []
  const names = z.array(z.string()).safeParse(jsonOrNothing(text))
  if (names.success) return names.data
  throw new ModelError(`model: its metadata ${settingsKey} is no list of names.`)
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The parameters of a folded graph, in the order in which nodes use them; `file` is the graph as it was read. */
export function findParameters(
  graph: Graph,
  names: ReadonlySet<WeightPath>,
  file: Graph,
): Parameter[] {
  const readers = uses(graph)
  // A branch that stays a branch reads weights from around it.
  const used = new Set(graph.nodes.flatMap(namesRead))
  return [...used].flatMap((name): Parameter[] => {
    const value = graph.initializers.get(name)
    if (!value || !names.has(name) || !isFloat(value.dtype)) return []
    const { node, role, channelAxis } = userOf(name, readers, value.shape.length)
    const length = sizeOf(value.shape)
    if (length < 2 && (role === undefined || arithmetic.has(node.op))) return []
    const place = placeOf(name, file)
    return [
      {
        name,
        shape: value.shape,
        length,
        role: role ?? 'weight',
        channelAxis: channelAxis < value.shape.length ? channelAxis : 0,
        usedBy: `${node.op} "${node.name || node.outputs[0]}"`,
        value: value as Tensor<'float32'>,
        dtype: place?.dtype ?? value.dtype,
        stands: place?.stands ?? 'initializer',
      },
    ]
  })
}

interface User {
  readonly node: Node
  readonly role?: Role
  readonly channelAxis: number
}

/** The node that uses a weight, behind transpositions and the like, and what the weight is to it. */
function userOf(name: string, readers: ReadonlyMap<string, readonly Node[]>, rank: number): User {
  const [node] = readers.get(name)!
  const inside = subgraphsOf(node).find(inner => freeNames(inner).includes(name))
  if (inside) return userOf(name, uses(inside), rank)
  const onward = passing.has(node.op) && readers.has(node.outputs[0])
  if (onward) {
    const user = userOf(node.outputs[0], readers, rank)
    return { ...user, channelAxis: axisBefore(node, user.channelAxis, rank) }
  }
  const input = node.inputs.indexOf(name)
  return {
    node,
    role: learnedInputs[node.op]?.[input],
    channelAxis: channelAxisOf(node, input, rank),
  }
}

/** Where an axis of a passing node's output lies in its input; 0 where that cannot be told. */
function axisBefore(node: Node, axis: number, rank: number): number {
  if (node.op === 'Identity' || node.op === 'Cast') return axis
  if (node.op !== 'Transpose') return 0
  const reversed = Array.from({ length: rank }, (_, i) => rank - 1 - i)
  return intsOf(node, 'perm', reversed)[axis] ?? 0
}

/** The axis of a weight that the output channels of its node follow. */
function channelAxisOf(node: Node, input: number, rank: number): number {
  if (node.op === 'MatMul') return Math.max(0, input === 1 ? rank - 1 : rank - 2)
  if (node.op === 'Gemm') return intOf(node, input === 1 ? 'transB' : 'transA', 0) === input ? 0 : 1
  return ['ConvTranspose', 'GRU', 'LSTM', 'RNN'].includes(node.op) ? 1 : 0
}
