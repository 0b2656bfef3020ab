import type { DataType, Tensor } from '../base/index.js'

/** A size, or the name of a size not known yet (`batch`; empty when it has no name). */
export type Dimension = number | string

/** A named value with what is known of its type. */
export interface ValueInfo {
  name: string
  dtype?: DataType
  /** Absent when even the rank is unknown. */
  shape?: Dimension[]
  /** Sequences, maps and optionals are kept as their encoded TypeProto. */
  opaque?: Uint8Array
  /** Fields this reader does not know, as encoded. */
  unknown?: Uint8Array
}

export type Attribute = (
  | { type: 'float'; value: number }
  | { type: 'int'; value: number }
  | { type: 'string'; value: string }
  | { type: 'tensor'; value: Tensor }
  | { type: 'graph'; value: Graph }
  | { type: 'floats'; value: number[] }
  | { type: 'ints'; value: number[] }
  | { type: 'strings'; value: string[] }
  /** Sparse tensors, type protos and lists of tensors or graphs: the AttributeProto as encoded. */
  | { type: 'opaque'; value: Uint8Array }
) & {
  /** Fields this reader does not know, as encoded. */
  unknown?: Uint8Array
}

export type Attributes = Record<string, Attribute>

export interface Node {
  /** May be empty; not unique in real files. */
  name: string
  /** Operator, spelled as in the specification. */
  op: string
  /** Empty for the default domain. */
  domain: string
  /** An empty string stands for an optional input that is left out. */
  inputs: string[]
  outputs: string[]
  attributes: Attributes
  /** Fields this reader does not know, as encoded. */
  unknown?: Uint8Array
}

export interface Graph {
  name: string
  /** In execution order. */
  nodes: Node[]
  /** Weights and constants by name. */
  initializers: Map<string, Tensor>
  /** Without those inputs that an initializer of the same name already feeds. */
  inputs: ValueInfo[]
  outputs: ValueInfo[]
  /** What is known of inner values, by name. */
  values: Map<string, ValueInfo>
  /**
   * Initializers that a caller may feed in place of their value, as the file lists them among its
   * inputs; files of IR version 3 list every initializer so.
   */
  overridable?: Map<string, ValueInfo>
  /** Fields this reader does not know, as encoded (sparse initializers, quantization notes). */
  unknown?: Uint8Array
}

/** Metadata naming the initializers that are settings, not learned (a list of names, JSON). */
export const settingsKey = 'temper.settings'

export interface Model {
  irVersion: number
  /** Version by domain; the default domain is the empty string. */
  opsets: Map<string, number>
  producer: { name: string; version: string }
  metadata: Map<string, string>
  graph: Graph
  unknown?: Uint8Array
}

export const int = (value: number): Attribute => ({ type: 'int', value })
export const ints = (value: readonly number[]): Attribute => ({ type: 'ints', value: [...value] })
export const float = (value: number): Attribute => ({ type: 'float', value })
export const floats = (value: readonly number[]): Attribute => ({
  type: 'floats',
  value: [...value],
})
export const text = (value: string): Attribute => ({ type: 'string', value })

/** An attribute's value, or the default when the node does not carry it. */
export function intOf(node: Node, name: string, otherwise: number): number {
  const attribute = node.attributes[name]
  return attribute?.type === 'int' ? attribute.value : otherwise
}

export function floatOf(node: Node, name: string, otherwise: number): number {
  const attribute = node.attributes[name]
  return attribute?.type === 'float' ? attribute.value : otherwise
}

export function intsOf<D>(node: Node, name: string, otherwise: D): number[] | D {
  const attribute = node.attributes[name]
  return attribute?.type === 'ints' ? attribute.value : otherwise
}

export function floatsOf<D>(node: Node, name: string, otherwise: D): number[] | D {
  const attribute = node.attributes[name]
  return attribute?.type === 'floats' ? attribute.value : otherwise
}

export function textOf(node: Node, name: string, otherwise: string): string {
  const attribute = node.attributes[name]
  return attribute?.type === 'string' ? attribute.value : otherwise
}

export function emptyGraph(name: string): Graph {
  return {
    name,
    nodes: [],
    initializers: new Map(),
    inputs: [],
    outputs: [],
    values: new Map(),
  }
}
