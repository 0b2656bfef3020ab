import {
  broadcastShapes,
  type DataType,
  expected,
  ModelError,
  type Tensor,
  toNumbers,
} from '../../base/index.js'
import type { ValueType } from '../builder.js'
import { type Attribute, floatOf, intOf, intsOf, type Node, textOf } from '../graph.js'

/** What inference reads: the types known so far, and the values of constants. A Builder is one. */
export interface Known {
  knownType(name: string): ValueType | undefined
  tensor(name: string): Tensor | undefined
}

/** The types of a node's outputs, in order; trailing ones may be more than the node asks for. */
export type InferRule = (site: Site) => ValueType[]

export type InferRules = Readonly<Record<string, InferRule>>

/** The output's shape depends on values that only a run can tell. */
export class UndeterminedError extends ModelError {}

export const show = (shape: readonly number[]) => `[${shape.join(', ')}]`

/** One node under inference: its inputs' types, its constants, its attributes, its complaints. */
export class Site {
  constructor(
    readonly node: Node,
    readonly known: Known,
  ) {}

  get where(): string {
    return `${this.node.op} node "${this.node.name || this.node.outputs[0]}"`
  }

  /** Throws the one error sentence about this node. */
  fail(rule: string, received: unknown, remedy = ''): never {
    throw new ModelError(expected(this.where, rule, received, remedy), {
      node: this.node.name,
      op: this.node.op,
    })
  }

  has(index: number): boolean {
    return Boolean(this.node.inputs[index])
  }

  /** Number of inputs the node names, left-out ones in the middle included. */
  get count(): number {
    return this.node.inputs.length
  }

  type(index: number): ValueType {
    if (!this.has(index)) this.fail(`an input ${index}`, `${this.count} inputs`)
    const name = this.node.inputs[index]
    const type = this.known.knownType(name)
    if (!type)
      throw new UndeterminedError(
        expected(this.where, `a known type for "${name}"`, 'a type not known before a run'),
      )
    return type
  }

  shape(index: number): readonly number[] {
    return this.type(index).shape
  }

  dtype(index: number): DataType {
    return this.type(index).dtype
  }

  /** The shape of an input that must have between `least` and `most` dimensions. */
  ranked(index: number, least: number, most = least): readonly number[] {
    const shape = this.shape(index)
    if (shape.length < least || shape.length > most) {
      const rule =
        most === least
          ? `${least}`
          : most === Infinity
            ? `at least ${least}`
            : `${least} to ${most}`
      this.fail(`input ${index} of ${rule} dimensions`, `shape ${show(shape)}`)
    }
    return shape
  }

  /** Element type shared by the inputs from `first` on, which must agree. */
  commonType(first = 0, last = this.count - 1): DataType {
    const dtype = this.dtype(first)
    for (let i = first + 1; i <= last; i++)
      if (this.has(i) && this.dtype(i) !== dtype)
        this.fail(`inputs of one element type`, `${dtype} and ${this.dtype(i)}`)
    return dtype
  }

  broadcast(...shapes: (readonly number[])[]): number[] {
    try {
      return broadcastShapes(...shapes)
    } catch {
      return this.fail('shapes that broadcast', shapes.map(show).join(' and '))
    }
  }

  /** The value of an input that must be a constant; undefined where it is left out. */
  constant(index: number, what: string): Tensor | undefined {
    if (!this.has(index)) return undefined
    const value = this.known.tensor(this.node.inputs[index])
    if (!value)
      throw new UndeterminedError(
        expected(
          this.where,
          `constant ${what} (input ${index})`,
          `the computed value "${this.node.inputs[index]}"`,
        ),
      )
    return value
  }

  /** A constant input as numbers; undefined where it is left out. */
  numbers(index: number, what: string): number[] | undefined {
    const value = this.constant(index, what)
    return value && toNumbers(value)
  }

  /** Like `numbers`, from an attribute of that name where older opsets keep it. */
  numbersOr(index: number, name: string): number[] | undefined {
    return this.numbers(index, name) ?? intsOf(this.node, name, undefined)
  }

  attribute(name: string): Attribute | undefined {
    return this.node.attributes[name]
  }

  int(name: string, otherwise: number): number {
    return intOf(this.node, name, otherwise)
  }

  float(name: string, otherwise: number): number {
    return floatOf(this.node, name, otherwise)
  }

  text(name: string, otherwise: string): string {
    return textOf(this.node, name, otherwise)
  }

  ints<D>(name: string, otherwise: D): number[] | D {
    return intsOf(this.node, name, otherwise)
  }

  /** An axis counted from either end, as a plain index below `rank`. */
  axis(value: number, rank: number): number {
    if (!Number.isInteger(value) || value < -rank || value >= rank)
      this.fail(`an axis from ${-rank} to ${rank - 1}`, value)
    return value < 0 ? value + rank : value
  }

  axes(values: readonly number[], rank: number): number[] {
    const axes = values.map(value => this.axis(value, rank))
    if (new Set(axes).size !== axes.length) this.fail('axes that differ', show(values))
    return axes
  }
}

/** The output has the type of the first input. */
export const sameAsFirst: InferRule = site => [site.type(0)]

/** Rows that share one rule. */
export function each(rule: InferRule, names: string): InferRules {
  return Object.fromEntries(names.split(' ').map(name => [name, rule]))
}
