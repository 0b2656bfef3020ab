import type { Tensor } from '../../base/index.js'
import type { ValueType } from '../builder.js'
import type { Graph } from '../graph.js'
import type { Known } from '../infer/site.js'

/** What is known of a graph's values while it is walked; a subgraph also sees those around it. */
export class Facts implements Known {
  readonly types = new Map<string, ValueType>()
  readonly constants = new Map<string, Tensor>()
  /** Why a value's type is not known. */
  readonly reasons = new Map<string, string>()

  constructor(readonly around?: Facts) {}

  knownType(name: string): ValueType | undefined {
    return this.types.get(name) ?? this.around?.knownType(name)
  }

  tensor(name: string): Tensor | undefined {
    return this.constants.get(name) ?? this.around?.tensor(name)
  }

  setConstant(name: string, value: Tensor): void {
    this.constants.set(name, value)
    this.types.set(name, { dtype: value.dtype, shape: value.shape })
  }

  /** Takes over a graph's initializers, and those of its inputs whose shapes are all numbers. */
  open(graph: Graph): void {
    for (const [name, value] of graph.initializers) this.setConstant(name, value)
    for (const { name, dtype, shape } of graph.inputs)
      if (dtype && shape?.every(size => typeof size === 'number'))
        this.types.set(name, { dtype, shape: shape as number[] })
  }
}

/** Writes the known types of what a graph's nodes make into the graph, its outputs included. */
export function recordTypes(graph: Graph, facts: Facts): void {
  for (const name of graph.nodes.flatMap(node => node.outputs)) {
    const type = facts.types.get(name)
    if (type) graph.values.set(name, { name, dtype: type.dtype, shape: [...type.shape] })
  }
  graph.outputs = graph.outputs.map(output => {
    const type = facts.knownType(output.name)
    return type ? { ...output, dtype: type.dtype, shape: [...type.shape] } : output
  })
}
