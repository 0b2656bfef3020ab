import { parseEinsum } from '../../src/onnx/index.js'
import {
  broadcastAt,
  type Call,
  eachIndex,
  elementAt,
  type Kernel,
  type Kernels,
  range,
  sum,
  type Value,
} from './call.js'

/** Numpy's matmul on values of at least one dimension. */
export function matmul(a: Value, b: Value, outShape: readonly number[]): Float64Array {
  const left = a.shape.length === 1 ? { ...a, shape: [1, ...a.shape] } : a
  const right = b.shape.length === 1 ? { ...b, shape: [...b.shape, 1] } : b
  const inner = left.shape[left.shape.length - 1]
  const full = [...outShape]
  if (a.shape.length === 1) full.splice(full.length - (b.shape.length === 1 ? 0 : 1), 0, 1)
  if (b.shape.length === 1) full.push(1)
  const out: number[] = []
  eachIndex(full, index => {
    const batch = index.slice(0, -2)
    const [row, column] = index.slice(-2)
    out.push(
      sum(
        range(inner).map(
          k => broadcastAt(left, [...batch, row, k]) * broadcastAt(right, [...batch, k, column]),
        ),
      ),
    )
  })
  return Float64Array.from(out)
}

/** A value with its axes in another order. */
export function permuted(value: Value, order: readonly number[]): Value {
  const shape = order.map(axis => value.shape[axis])
  const data = new Float64Array(value.data.length)
  eachIndex(shape, (index, flat) => {
    const from = new Array<number>(order.length)
    for (const [to, axis] of order.entries()) from[axis] = index[to]
    data[flat] = elementAt(value, from)
  })
  return { dtype: value.dtype, shape, data }
}

export function swapped(value: Value): Value {
  const axes = [...value.shape.keys()]
  return permuted(value, [...axes.slice(0, -2), axes[axes.length - 1], axes[axes.length - 2]])
}

const gemm: Kernel = call => {
  const a = call.int('transA', 0) ? swapped(call.value(0)) : call.value(0)
  const b = call.int('transB', 0) ? swapped(call.value(1)) : call.value(1)
  const [alpha, beta] = [call.float('alpha', 1), call.float('beta', 1)]
  const product = matmul(a, b, call.outputs[0].shape)
  return [
    call.fill(
      (index, flat) =>
        alpha * product[flat] + (call.has(2) ? beta * broadcastAt(call.value(2), index) : 0),
    ),
  ]
}

/** Sums the product of all operands over every label that the output lacks. */
const einsum: Kernel = call => {
  const { inputs, output, sizes } = parseEinsum(call)
  const summed = [...sizes.keys()].filter(label => !output.includes(label))
  const element = (index: readonly number[]) => {
    let total = 0
    eachIndex(
      summed.map(label => sizes.get(label)!),
      inner => {
        const at = new Map<string, number>()
        for (const [i, label] of output.entries()) at.set(label, index[i])
        for (const [i, label] of summed.entries()) at.set(label, inner[i])
        total += inputs.reduce(
          (product, labels, i) => product * labelled(call.value(i), labels, at),
          1,
        )
      },
    )
    return total
  }
  return [call.fill(element)]
}

const labelled = (value: Value, labels: string[], at: Map<string, number>) =>
  elementAt(
    value,
    labels.map((label, axis) => (value.shape[axis] === 1 ? 0 : at.get(label)!)),
  )

/** Determinant by elimination with partial pivoting. */
function determinant(rows: number[][]): number {
  const m = rows.map(row => [...row])
  let product = 1
  for (let k = 0; k < m.length; k++) {
    const pivot = range(m.length)
      .slice(k)
      .reduce((a, b) => (Math.abs(m[b][k]) > Math.abs(m[a][k]) ? b : a))
    if (m[pivot][k] === 0) return 0
    if (pivot !== k) product = -product
    ;[m[k], m[pivot]] = [m[pivot], m[k]]
    product *= m[k][k]
    for (let i = k + 1; i < m.length; i++) {
      const factor = m[i][k] / m[k][k]
      for (let j = k; j < m.length; j++) m[i][j] -= factor * m[k][j]
    }
  }
  return product
}

const det: Kernel = (call: Call) => {
  const x = call.value(0)
  const n = x.shape[x.shape.length - 1]
  const matrix = (index: readonly number[]) =>
    range(n).map(i => range(n).map(j => elementAt(x, [...index, i, j])))
  return [call.fill(index => determinant(matrix(index)))]
}

export const linear: Kernels = {
  Det: det,
  Einsum: einsum,
  Gemm: gemm,
  MatMul: call => [matmul(call.value(0), call.value(1), call.outputs[0].shape)],
}
