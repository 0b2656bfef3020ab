import { type Graph, type Node, producers, text, uses } from '../onnx/index.js'

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

/** Operators that can apply a Relu to their result themselves. */
const beforeRelu = ['Conv', 'BatchNormalization', 'temper.BatchNormalizationTraining']

/**
 * A convolution or normalisation that a Relu alone reads becomes one private operator with the
 * attribute `activation`, so that a formulation may compute both in one pass. In place.
 */
export function fuseRelu(graph: Graph): void {
  const readers = uses(graph)
  const kept = new Set(graph.outputs.map(({ name }) => name))
  const replaced = new Map<Node, Node[]>()
  for (const node of graph.nodes) {
    const [y, ...others] = node.outputs
    const [relu, ...more] = readers.get(y) ?? []
    if (!beforeRelu.includes(node.domain ? `${node.domain}.${node.op}` : node.op)) continue
    if (relu?.op !== 'Relu' || relu.domain !== '' || more.length || kept.has(y)) continue
    const attributes = { ...node.attributes, activation: text('Relu') }
    const outputs = [relu.outputs[0], ...others]
    replaced.set(node, [{ ...node, domain: 'temper', attributes, outputs }])
    replaced.set(relu, [])
  }
  graph.nodes = graph.nodes.flatMap(node => replaced.get(node) ?? [node])
}
