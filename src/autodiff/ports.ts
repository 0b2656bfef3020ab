import type { DataType } from '../base/index.js'
import type { Builder } from '../onnx/index.js'

/** Adds an input by that name, or a name near it where the graph has that already. */
export function addInput(
  b: Builder,
  wanted: string,
  shape: readonly number[],
  dtype: DataType = 'float32',
): string {
  const name = freeName(b, wanted)
  b.graph.inputs.push({ name, dtype, shape: [...shape] })
  b.setType(name, { dtype, shape })
  return name
}

/** Turns an initializer into an input of the same name; inputs and inner values stay as they are. */
export function becomeInput(b: Builder, name: string): void {
  const value = b.graph.initializers.get(name)
  if (!value) return
  b.graph.initializers.delete(name)
  b.graph.inputs.push({ name, dtype: value.dtype, shape: [...value.shape] })
}

function freeName(b: Builder, wanted: string): string {
  return b.knownType(wanted) ? freeName(b, `${wanted}_`) : wanted
}

/** Makes values outputs of a graph, each under a name of its own. */
export class OutputPorts {
  private readonly renamed = new Map<string, string>()
  private readonly free: ReadonlySet<string>

  /** `free` are the values whose names nobody else relies on. */
  constructor(
    private readonly b: Builder,
    free: Iterable<string>,
  ) {
    this.free = new Set(free)
    b.graph.outputs = []
  }

  /** An output with the value's own name. */
  keep(value: string): string {
    const { dtype, shape } = this.b.type(value)
    if (!this.b.graph.outputs.some(({ name }) => name === value))
      this.b.graph.outputs.push({ name: value, dtype, shape: [...shape] })
    return value
  }

  /** An output called `wanted`, or nearly so; shared values and those with a name are copied first. */
  add(value: string, wanted: string): string {
    const isFree = this.free.has(value) && !this.renamed.has(value)
    const source = isFree ? value : this.b.emit('Identity', [value])
    const name = freeName(this.b, wanted)
    this.b.setType(name, this.b.type(source))
    this.renamed.set(source, name)
    return this.keep(name)
  }

  /** Carries the new names into the nodes; to be called once, last. */
  finish(): void {
    const nameOf = (name: string) => this.renamed.get(name) ?? name
    for (const node of this.b.graph.nodes) {
      node.inputs = node.inputs.map(nameOf)
      node.outputs = node.outputs.map(nameOf)
    }
    for (const name of this.renamed.keys()) this.b.graph.values.delete(name)
  }
}
