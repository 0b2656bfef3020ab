import { type DataType, isFloat, sizeOf } from '../../src/base/index.js'
import { inferNode, type Node, Site, type ValueType } from '../../src/onnx/index.js'

/** Any tensor as doubles: floats at full precision, integers and bools exact up to 2^53. */
export interface Value {
  readonly dtype: DataType
  readonly shape: readonly number[]
  readonly data: Float64Array
}

export type Values = Map<string, Value>

/** Computes all outputs of one node, in order. */
export type Kernel = (call: Call) => Float64Array[]

export type Kernels = Readonly<Record<string, Kernel>>

/** One node about to run: its inputs' values, and the types its outputs will have. */
export class Call extends Site {
  readonly outputs: readonly ValueType[]

  constructor(
    node: Node,
    readonly values: Values,
  ) {
    const known = {
      knownType: (name: string) => values.get(name),
      tensor: (name: string) => {
        const value = values.get(name)
        return value && { dtype: 'float64' as const, shape: value.shape, data: value.data }
      },
    }
    super(node, known)
    this.outputs = inferNode(node, known)
  }

  value(index: number): Value {
    this.type(index)
    return this.values.get(this.node.inputs[index])!
  }

  data(index: number): Float64Array {
    return this.value(index).data
  }

  /** Output `k`, element by element from its index. */
  fill(element: (index: readonly number[], flat: number) => number, k = 0): Float64Array {
    const { shape } = this.outputs[k]
    const out = new Float64Array(sizeOf(shape))
    eachIndex(shape, (index, flat) => {
      out[flat] = element(index, flat)
    })
    return out
  }

  isInteger(index = 0): boolean {
    const dtype = this.dtype(index)
    return !isFloat(dtype) && dtype !== 'string' && dtype !== 'bool'
  }
}

/** Visits every index of a shape in row-major order; the index array is reused. */
export function eachIndex(
  shape: readonly number[],
  visit: (index: readonly number[], flat: number) => void,
): void {
  const size = sizeOf(shape)
  const index = new Array<number>(shape.length).fill(0)
  for (let flat = 0; flat < size; flat++) {
    visit(index, flat)
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--)
      index[axis] = 0
  }
}

/** Position of an index in a row-major tensor. */
export function offset(index: readonly number[], shape: readonly number[]): number {
  let at = 0
  for (let axis = 0; axis < shape.length; axis++) at = at * shape[axis] + index[axis]
  return at
}

/** The element that broadcasting puts at `index` (aligned at the last axis). */
export function broadcastAt({ data, shape }: Value, index: readonly number[]): number {
  const skip = index.length - shape.length
  let at = 0
  for (let axis = 0; axis < shape.length; axis++)
    at = at * shape[axis] + (shape[axis] === 1 ? 0 : index[axis + skip])
  return data[at]
}

/** The value at an index, or `otherwise` where the index lies outside. */
export function elementAt(value: Value, index: readonly number[], otherwise = 0): number {
  const inside = index.every((i, axis) => i >= 0 && i < value.shape[axis])
  return inside ? value.data[offset(index, value.shape)] : otherwise
}

/** A copy of `values` with `axis` set. */
export function withAxis(values: readonly number[], axis: number, value: number): number[] {
  return values.map((v, a) => (a === axis ? value : v))
}

export const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0)
export const range = (count: number) => Array.from({ length: count }, (_, i) => i)
