import {
  type DataType,
  InternalError,
  int64Tensor,
  scalarTensor,
  type Tensor,
} from '../base/index.js'
import type { Attributes, Graph, Node } from './graph.js'
import { inferNode } from './infer.js'

/** A fully known type: every value a Builder emits has one. */
export interface ValueType {
  readonly dtype: DataType
  readonly shape: readonly number[]
}

export interface EmitOptions {
  domain?: string
  /** How many outputs the node has; the default is one. */
  outputs?: number
  /** Types of the outputs, needed for private operators that inference does not know. */
  types?: readonly ValueType[]
  /** A readable start for the names of the outputs. */
  name?: string
}

/**
 * Adds nodes to a graph whose shapes are all known; names are unique, equal constants are shared,
 * and the type of every new value is inferred at once.
 */
export class Builder {
  private readonly constants = new Map<string, string>()
  private readonly taken = new Map<string, number>()
  private readonly types = new Map<string, ValueType>()

  constructor(readonly graph: Graph) {
    for (const { name, dtype, shape } of [...graph.inputs, ...graph.values.values()])
      if (dtype && shape?.every(d => typeof d === 'number'))
        this.types.set(name, { dtype, shape: shape as number[] })
    for (const [name, { dtype, shape }] of graph.initializers)
      this.types.set(name, { dtype, shape })
  }

  /** Emits a node with one output and returns that value's name. */
  emit(
    op: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    options: EmitOptions = {},
  ) {
    return this.emitMany(op, inputs, attributes, { ...options, outputs: 1 })[0]
  }

  /** Emits a node and returns the names of all its outputs. */
  emitMany(
    op: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    options: EmitOptions = {},
  ): string[] {
    const { domain = '', outputs = 1, types, name = op } = options
    const names = Array.from({ length: outputs }, () => this.unique(name))
    const node: Node = {
      name: names[0],
      op,
      domain,
      inputs: [...inputs],
      outputs: names,
      attributes,
    }
    const inferred = types ?? inferNode(node, this)
    for (const [i, output] of names.entries()) this.setType(output, inferred[i])
    this.graph.nodes.push(node)
    return names
  }

  /** A constant tensor, as an initializer. */
  constant(value: Tensor, name = 'constant'): string {
    const unique = this.unique(name)
    this.graph.initializers.set(unique, value)
    this.types.set(unique, { dtype: value.dtype, shape: value.shape })
    return unique
  }

  /** A one-dimensional int64 constant, shared between equal ones: axes, shapes, pads. */
  ints(values: readonly number[]): string {
    return this.shared(`ints:${values}`, () => this.constant(int64Tensor(values), 'ints'))
  }

  /** A scalar of rank 0, shared between equal ones. */
  scalar(value: number, dtype: DataType = 'float32'): string {
    return this.shared(`${dtype}:${value}`, () =>
      this.constant(scalarTensor(value, dtype), 'scalar'),
    )
  }

  type(name: string): ValueType {
    const type = this.types.get(name)
    if (!type) throw new InternalError(`the type of "${name}" is not known`)
    return type
  }

  /** Like `type`, without insisting. */
  knownType(name: string): ValueType | undefined {
    return this.types.get(name)
  }

  setType(name: string, type: ValueType): void {
    this.types.set(name, type)
    this.graph.values.set(name, { name, dtype: type.dtype, shape: [...type.shape] })
  }

  shape(name: string): readonly number[] {
    return this.type(name).shape
  }

  dtype(name: string): DataType {
    return this.type(name).dtype
  }

  /** The value of a constant, where it is one. */
  tensor(name: string): Tensor | undefined {
    return this.graph.initializers.get(name)
  }

  private shared(key: string, make: () => string): string {
    const name = this.constants.get(key) ?? make()
    this.constants.set(key, name)
    return name
  }

  private unique(stem: string): string {
    for (;;) {
      const count = this.taken.get(stem) ?? 0
      this.taken.set(stem, count + 1)
      const name = `${stem}_${count}`
      if (!this.types.has(name)) return name
    }
  }
}
