import { type Graph, type Node, producers, uses } from '../onnx/index.js'

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
