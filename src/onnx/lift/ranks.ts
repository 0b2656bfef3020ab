import { type Graph, intOf, intsOf, type Node } from '../graph.js'

type Ranks = ReadonlyMap<string, number>

/** The rank of a node's outputs, or undefined where this light walk cannot tell. */
type RankRule = (node: Node, ranks: Ranks, graph: Graph) => number | undefined

const first: RankRule = (node, ranks) => ranks.get(node.inputs[0])

const broadcast: RankRule = (node, ranks) => {
  const known = node.inputs.map(name => ranks.get(name))
  return known.every(r => r !== undefined) ? Math.max(...known) : undefined
}

const always =
  (rank: number): RankRule =>
  () =>
    rank

/** A matrix product keeps the larger rank; a vector on either side takes one axis away. */
const matMul: RankRule = (node, ranks) => {
  const [a, b] = node.inputs.map(name => ranks.get(name))
  if (a === undefined || b === undefined) return undefined
  return Math.max(a, b) - (a === 1 ? 1 : 0) - (b === 1 ? 1 : 0)
}

const reshape: RankRule = (node, _, graph) => graph.initializers.get(node.inputs[1])?.shape[0]

/** How many axes a node names, as attribute or as constant input. */
function axesCount(node: Node, graph: Graph): number | undefined {
  return intsOf(node, 'axes', undefined)?.length ?? graph.initializers.get(node.inputs[1])?.shape[0]
}

const shifted =
  (direction: 1 | -1): RankRule =>
  (node, ranks, graph) => {
    const rank = ranks.get(node.inputs[0])
    const axes = axesCount(node, graph)
    return rank === undefined || axes === undefined ? undefined : rank + direction * axes
  }

const reduce: RankRule = (node, ranks, graph) =>
  intOf(node, 'keepdims', 1) ? first(node, ranks, graph) : shifted(-1)(node, ranks, graph)

const gather: RankRule = (node, ranks) => {
  const [data, indices] = node.inputs.map(name => ranks.get(name))
  return data === undefined || indices === undefined ? undefined : data - 1 + indices
}

const constant: RankRule = ({ attributes: { value } }) =>
  value?.type === 'tensor' ? value.value.shape.length : undefined

const rules: Readonly<Record<string, RankRule>> = {
  ...Object.fromEntries(['Gemm', 'Flatten'].map(op => [op, always(2)])),
  ...Object.fromEntries(
    'Add Sub Mul Div Pow Min Max Sum Mean Where Mod'.split(' ').map(op => [op, broadcast]),
  ),
  ...Object.fromEntries(
    'L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare'
      .split(' ')
      .map(op => [`Reduce${op}`, reduce]),
  ),
  ...Object.fromEntries(
    (
      'Abs AveragePool BatchNormalization Cast Celu Clip Concat Conv ConvTranspose CumSum ' +
      'DepthToSpace Dropout Elu Erf Exp GlobalAveragePool GlobalLpPool GlobalMaxPool HardSigmoid ' +
      'HardSwish Identity InstanceNormalization LRN LeakyRelu Log LogSoftmax LpNormalization LpPool ' +
      'MaxPool Neg PRelu Pad Reciprocal Relu Resize Selu Sigmoid Slice Softmax Softplus Softsign ' +
      'SpaceToDepth Split Sqrt Tanh Tile Transpose Upsample'
    )
      .split(' ')
      .map(op => [op, first]),
  ),
  Constant: constant,
  Gather: gather,
  MatMul: matMul,
  Reshape: reshape,
  Shape: always(1),
  Squeeze: shifted(-1),
  Unsqueeze: shifted(1),
}

/** The ranks of a graph's values as far as they can be told without sizes. */
export function ranksOf(graph: Graph, around: Ranks = new Map()): Map<string, number> {
  const ranks = new Map(around)
  for (const { name, shape } of [...graph.inputs, ...graph.values.values(), ...graph.outputs])
    if (shape) ranks.set(name, shape.length)
  for (const [name, { shape }] of graph.initializers) ranks.set(name, shape.length)
  for (const node of graph.nodes) {
    const rank = Object.hasOwn(rules, node.op) ? rules[node.op](node, ranks, graph) : undefined
    if (rank === undefined) continue
    for (const output of node.outputs) if (!ranks.has(output)) ranks.set(output, rank)
  }
  return ranks
}
