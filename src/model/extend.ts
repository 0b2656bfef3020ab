import { ModelError, type Tensor } from '../base/index.js'
import {
  type Attributes,
  dataTypeCodes,
  type Graph,
  int,
  type Node,
  writeModel,
} from '../onnx/index.js'
import type { OpenedModel } from './open.js'

/** Operators being put behind an output; computes in float32 whatever the output's own type. */
export interface Tail {
  /** The opset of the file: some operators changed their arguments over time. */
  readonly opset: number
  emit(op: string, inputs: readonly string[], attributes?: Attributes): string
  constant(value: Tensor): string
}

/**
 * The original file with more operators behind the chosen output, which keeps its name, type and
 * shape; inputs, other outputs and weights stay. `extend` gets the name of what the output was and
 * gives the name of what it becomes. Throws ModelError where no operator makes the output.
 */
export function extendOutput(
  opened: OpenedModel,
  extend: (tail: Tail, from: string) => string,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const { original } = opened
  const { name } = opened.output
  const made = original.graph.nodes.some(node => node.outputs.includes(name))
  if (!made)
    throw new ModelError(
      `model: no operator makes its output "${name}", so nothing can be put behind it.`,
    )
  const unused = unusedNames(original.graph)
  const before = unused(`${name}/before`)
  const graph = renamed(original.graph, name, before)
  const info = original.graph.outputs.find(output => output.name === name)
  const builder = new TailBuilder(unused('temper/tail'), original.opsets.get('') ?? 1)
  const isHalf = info?.dtype !== undefined && info.dtype !== 'float32'
  const from = isHalf ? builder.emit('Cast', [before], { to: int(dataTypeCodes.float32) }) : before
  const last = extend(builder, from)
  builder.finish(last, name, isHalf ? dataTypeCodes[info.dtype!] : undefined)
  return writeModel({
    ...original,
    metadata: new Map([...original.metadata, ...metadata]),
    graph: {
      ...graph,
      nodes: [...graph.nodes, ...builder.nodes],
      initializers: new Map([...graph.initializers, ...builder.constants]),
    },
  })
}

/** A file extended twice already holds names of the first time: a name that begins no other. */
function unusedNames({ nodes }: Graph): (name: string) => string {
  const taken = nodes.flatMap(node => [node.name, ...node.outputs])
  const unused = (name: string): string =>
    taken.some(other => other.startsWith(name)) ? unused(`${name}+`) : name
  return unused
}

/** The graph with one value called otherwise, in subgraphs that read it from around them too. */
function renamed(graph: Graph, from: string, to: string): Graph {
  const change = (name: string) => (name === from ? to : name)
  const inner = (node: Node): Attributes =>
    Object.fromEntries(
      Object.entries(node.attributes).map(([key, attribute]) => [
        key,
        attribute.type === 'graph'
          ? { ...attribute, value: renamed(attribute.value, from, to) }
          : attribute,
      ]),
    )
  const nodes = graph.nodes.map(node => ({
    ...node,
    inputs: node.inputs.map(change),
    outputs: node.outputs.map(change),
    attributes: inner(node),
  }))
  return { ...graph, nodes }
}

class TailBuilder implements Tail {
  readonly nodes: Node[] = []
  readonly constants = new Map<string, Tensor>()

  constructor(
    private readonly prefix: string,
    readonly opset: number,
  ) {}

  emit(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = `${this.prefix}_${this.nodes.length}`
    this.push(op, inputs, output, attributes)
    return output
  }

  constant(value: Tensor): string {
    const name = `${this.prefix}_constant_${this.constants.size}`
    this.constants.set(name, value)
    return name
  }

  finish(from: string, to: string, type?: number): void {
    if (type === undefined) this.push('Identity', [from], to, {})
    else this.push('Cast', [from], to, { to: int(type) })
  }

  private push(op: string, inputs: readonly string[], output: string, attributes: Attributes) {
    const name = `${this.prefix}_node_${this.nodes.length}`
    const node = { name, op, domain: '', inputs: [...inputs], outputs: [output] }
    this.nodes.push({ ...node, attributes })
  }
}
