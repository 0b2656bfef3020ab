import { type Graph, int, intOf, type Node, order, producers, uses } from '../onnx/index.js'

/** What `fuseEpilogues` let an operator do with its first result: add a value, apply a Relu. */
export interface Epilogue {
  readonly plus?: string
  readonly relu: boolean
}

export function epilogueOf(node: Node): Epilogue {
  const plus = intOf(node, 'plus', 0) === 1 ? node.inputs.at(-1) : undefined
  return { plus, relu: intOf(node, 'relu', 0) === 1 }
}

/** The node without its epilogue; undefined where it has none. */
export function withoutEpilogue(node: Node): Node | undefined {
  const { plus, relu } = epilogueOf(node)
  if (plus === undefined && !relu) return undefined
  const { plus: _, relu: __, ...attributes } = node.attributes
  return {
    ...node,
    attributes,
    inputs: plus === undefined ? node.inputs : node.inputs.slice(0, -1),
  }
}

/** Operators that can add another value to their result, and apply a Relu to it, in the same pass. */
const beforeSum = [
  'Conv',
  'BatchNormalization',
  'temper.BatchNormalizationTraining',
  'temper.ConvInputGradient',
]

/** Of these, the ones that may: a gradient is followed by none. */
const beforeRelu = [
  'Conv',
  'BatchNormalization',
  'temper.Conv',
  'temper.BatchNormalization',
  'temper.BatchNormalizationTraining',
]

/** A standard normalisation with more outputs is in training mode, which stays as it is. */
const isAmong = (names: readonly string[], node: Node) =>
  names.includes(nameOf(node)) && (node.domain === 'temper' || node.outputs.length === 1)

const nameOf = ({ domain, op }: Node) => (domain ? `${domain}.${op}` : op)

/**
 * Convolutions and normalisations take the sum and the Relu that follow them (`epilogueOf` reads
 * what they took), where nothing else reads what lies between. In place.
 */
export function fuseEpilogues(graph: Graph): void {
  fuseSums(graph)
  fuseRelus(graph)
  graph.nodes = order(graph)
}

function fuseSums(graph: Graph): void {
  const [makers, isInner] = [producers(graph), innerValues(graph)]
  const place = new Map(graph.nodes.map((node, i) => [node, i]))
  const replaced = new Map<Node, Node[]>()
  for (const add of graph.nodes.filter(node => nameOf(node) === 'Add')) {
    const makerOf = (name: string) => makers.get(name)
    const shapeOf = (name: string) => `${graph.values.get(name)?.shape}`
    if (!add.inputs.every(name => shapeOf(name) === shapeOf(add.outputs[0]))) continue
    const taken = add.inputs
      .filter(name => isInner(name) && makerOf(name)?.outputs[0] === name)
      .filter(name => isAmong(beforeSum, makerOf(name)!) && !replaced.has(makerOf(name)!))
      .sort((a, b) => place.get(makerOf(b)!)! - place.get(makerOf(a)!)!)[0]
    const other = add.inputs.find(name => name !== taken)
    if (taken === undefined || other === undefined) continue
    const maker = makerOf(taken)!
    replaced.set(maker, [])
    replaced.set(add, [withSum(maker, other, add.outputs[0])])
  }
  graph.nodes = graph.nodes.flatMap(node => replaced.get(node) ?? [node])
}

/** Values that one node alone reads, once, and nobody outside. */
function innerValues(graph: Graph): (name: string) => boolean {
  const readers = uses(graph)
  const kept = new Set(graph.outputs.map(({ name }) => name))
  return name => readers.get(name)?.length === 1 && !kept.has(name)
}

function withSum(node: Node, other: string, output: string): Node {
  const bias = node.op === 'Conv' && node.inputs.length === 2 ? [''] : []
  return {
    ...node,
    domain: 'temper',
    inputs: [...node.inputs, ...bias, other],
    attributes: { ...node.attributes, plus: int(1) },
    outputs: [output, ...node.outputs.slice(1)],
  }
}

function fuseRelus(graph: Graph): void {
  const [makers, isInner] = [producers(graph), innerValues(graph)]
  const replaced = new Map<Node, Node[]>()
  for (const relu of graph.nodes.filter(node => nameOf(node) === 'Relu')) {
    const [x] = relu.inputs
    const maker = makers.get(x)
    if (!maker || !isInner(x) || maker.outputs[0] !== x) continue
    if (!isAmong(beforeRelu, maker)) continue
    const attributes = { ...maker.attributes, relu: int(1) }
    const outputs = [relu.outputs[0], ...maker.outputs.slice(1)]
    replaced.set(maker, [])
    replaced.set(relu, [{ ...maker, domain: 'temper', attributes, outputs }])
  }
  graph.nodes = graph.nodes.flatMap(node => replaced.get(node) ?? [node])
}
