import {
  type Graph,
  int,
  intOf,
  ints,
  intsOf,
  type Node,
  producers,
  textOf,
  uses,
} from '../onnx/index.js'

/**
 * The gradient of y = relu(x), p = maxpool(y), where nothing else reads y: masked at the pool's
 * size, which is the smaller. The winner of a window has the value p, so [y > 0] = [p > 0] there.
 *   ReluGradient(MaxPoolGradient(y, p, dp), y) = MaxPoolGradient(y, p, ReluGradient(dp, p))
 * Works in place; the nodes themselves are left as they are.
 */
export function maskBeforeUnpooling(graph: Graph): void {
  const [makers, readers] = [producers(graph), uses(graph)]
  const kept = new Set(graph.outputs.map(({ name }) => name))
  const swapped = new Map<Node, Node[]>()
  for (const relu of graph.nodes.filter(node => isPrivate(node, 'ReluGradient'))) {
    const [unpooled, y] = relu.inputs
    const pool = makers.get(unpooled)
    const alone = readers.get(unpooled)?.length === 1 && !kept.has(unpooled)
    if (!pool || !isPrivate(pool, 'MaxPoolGradient') || pool.inputs[0] !== y || !alone) continue
    swapped.set(pool, [])
    swapped.set(relu, exchanged(pool, relu))
    graph.values.set(unpooled, { ...graph.values.get(pool.inputs[1])!, name: unpooled })
  }
  graph.nodes = graph.nodes.flatMap(node => swapped.get(node) ?? [node])
}

const isPrivate = (node: Node, op: string) => node.domain === 'temper' && node.op === op

/** The mask's output takes the name of the unpooled gradient, which exists no more. */
function exchanged(pool: Node, relu: Node): Node[] {
  const [y, p, dp] = pool.inputs
  const [masked] = pool.outputs
  return [
    { ...relu, inputs: [dp, p], outputs: [masked] },
    { ...pool, inputs: [y, p, masked], outputs: relu.outputs },
  ]
}

/**
 * A MaxPool in ceil mode as one in floor mode with the end pads that give the same windows: the
 * runtime's planner and its kernel disagree on the size where the last window would begin in the
 * padding. Works in place; the nodes themselves are left as they are.
 */
export function floorMaxPools(graph: Graph): void {
  const shapeOf = (name: string) =>
    (graph.values.get(name) ?? graph.inputs.find(input => input.name === name))?.shape
  graph.nodes = graph.nodes.map(node => {
    if (node.op !== 'MaxPool' || node.domain !== '' || !intOf(node, 'ceil_mode', 0)) return node
    const [x, y] = [shapeOf(node.inputs[0]), shapeOf(node.outputs[0])]
    const pads = x && y && floorPads(node, x.slice(2).map(Number), y.slice(2).map(Number))
    if (!pads) return node
    return { ...node, attributes: { ...node.attributes, pads: ints(pads), ceil_mode: int(0) } }
  })
}

/** end = (output - 1) stride + (kernel - 1) dilation + 1 - size - begin, at least 0. */
function floorPads(node: Node, input: number[], output: number[]): number[] | undefined {
  const rank = input.length
  if (textOf(node, 'auto_pad', 'NOTSET') !== 'NOTSET') return undefined
  const kernel = intsOf(node, 'kernel_shape', [])
  const strides = intsOf(node, 'strides', new Array(rank).fill(1))
  const dilations = intsOf(node, 'dilations', new Array(rank).fill(1))
  const begins = intsOf(node, 'pads', new Array(2 * rank).fill(0)).slice(0, rank)
  const reach = kernel.map((k, i) => (k - 1) * dilations[i] + 1)
  const ends = input.map((size, i) =>
    Math.max(0, (output[i] - 1) * strides[i] + reach[i] - size - begins[i]),
  )
  const floored = input.map(
    (size, i) => Math.floor((size + begins[i] + ends[i] - reach[i]) / strides[i]) + 1,
  )
  const isSame =
    floored.every((size, i) => size === output[i]) && ends.every((e, i) => e < kernel[i])
  return isSame ? [...begins, ...ends] : undefined
}
