import { float32Tensor, int64Tensor, ModelError, type Tensor, tensor } from '../../base/index.js'
import { namesRead, uses } from '../edits.js'
import type { Attribute, Attributes, Graph, Node } from '../graph.js'
import { wireInteger } from '../proto/wire.js'
import { ranksOf } from './ranks.js'

/** What the lifts of one graph share: names, constants, ranks. */
export class LiftSite {
  private readonly ranks: Map<string, number>
  private readonly readers: Map<string, Node[]>
  private readonly outputs: Set<string>

  constructor(
    readonly graph: Graph,
    private readonly names: Set<string>,
    /** Whether the model has no floats but float32. */
    private readonly allSingle: boolean,
    private readonly around?: LiftSite,
  ) {
    this.ranks = ranksOf(graph, around?.ranks)
    this.readers = uses(graph)
    this.outputs = new Set(graph.outputs.map(({ name }) => name))
  }

  /** A name nothing in the model has yet. */
  fresh(stem: string): string {
    for (let n = 0; ; n++) {
      const name = n ? `${stem}_${n}` : stem
      if (this.names.has(name)) continue
      this.names.add(name)
      return name
    }
  }

  /** A constant tensor, as an initializer of this graph. */
  constant(stem: string, value: Tensor): string {
    const name = this.fresh(stem)
    this.graph.initializers.set(name, value)
    return name
  }

  ints(stem: string, values: readonly number[]): string {
    const data = BigInt64Array.from(values, wireInteger)
    return this.constant(stem, tensor('int64', [values.length], data))
  }

  int(stem: string, value: number): string {
    return this.constant(stem, int64Tensor([value], []))
  }

  float(stem: string, value: number): string {
    return this.constant(stem, float32Tensor([value], []))
  }

  /** A scalar of the float type of `like`: plain where that is float32, cast where it may be another. */
  scalarLike(stem: string, value: number, like: string): { name: string; nodes: Node[] } {
    const scalar = this.float(stem, value)
    if (this.allSingle || this.dtypeOf(like) === 'float32') return { name: scalar, nodes: [] }
    const name = this.fresh(`${stem}_cast`)
    return { name, nodes: [make('CastLike', [scalar, like], [name])] }
  }

  private dtypeOf(name: string): string | undefined {
    const { graph } = this
    const info =
      graph.initializers.get(name) ??
      graph.values.get(name) ??
      [...graph.inputs, ...graph.outputs].find(value => value.name === name)
    return info?.dtype ?? this.around?.dtypeOf(name)
  }

  rankOf(name: string): number | undefined {
    return this.ranks.get(name)
  }

  /** The value of a constant: an initializer, or the result of a Constant node. */
  tensorOf(name: string): Tensor | undefined {
    const held = this.graph.initializers.get(name)
    if (held) return held
    const maker = this.graph.nodes.find(node => node.outputs[0] === name)
    const value = maker?.op === 'Constant' ? maker.attributes.value : undefined
    return value?.type === 'tensor' ? value.value : this.around?.tensorOf(name)
  }

  isUsed(name: string | undefined): boolean {
    return !!name && (this.readers.has(name) || this.outputs.has(name))
  }
}

export function make(
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: Attributes = {},
): Node {
  return { name: '', op, domain: '', inputs, outputs, attributes }
}

/** Takes an attribute off a node. */
export function take(node: Node, name: string): Attribute | undefined {
  const attribute = node.attributes[name]
  delete node.attributes[name]
  return attribute
}

export function takeInts(node: Node, name: string): number[] | undefined {
  const attribute = take(node, name)
  return attribute?.type === 'ints' ? attribute.value : undefined
}

export function takeNumber(node: Node, name: string): number | undefined {
  const attribute = take(node, name)
  return attribute?.type === 'int' || attribute?.type === 'float' ? attribute.value : undefined
}

/** Puts an input at a place, with blanks for inputs left out before it. */
export function setInput(node: Node, index: number, name: string): void {
  while (node.inputs.length < index) node.inputs.push('')
  node.inputs[index] = name
}

export function refusal(node: Node, why: string): ModelError {
  const name = node.name || node.outputs.find(output => output)
  return new ModelError(
    `The ${node.op} node "${name}" cannot be brought to today's opset: ${why}.`,
    {
      op: node.op,
      node: name,
    },
  )
}

/** Every name a graph and its subgraphs speak of. */
export function allNames(graph: Graph): Set<string> {
  const names = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap(node => [...namesRead(node), ...node.outputs]),
  ])
  for (const node of graph.nodes)
    for (const { type, value } of Object.values(node.attributes))
      if (type === 'graph') for (const name of allNames(value)) names.add(name)
  return names
}
