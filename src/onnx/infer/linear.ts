import type { DataType } from '../../base/index.js'
import { each, type InferRule, type InferRules, type Site, show } from './site.js'

/** Numpy's matmul: vectors are promoted, leading dimensions broadcast. */
export function matmulShape(site: Site, a: readonly number[], b: readonly number[]): number[] {
  if (!a.length || !b.length) site.fail('at least one dimension', `${show(a)} and ${show(b)}`)
  const left = a.length === 1 ? [1, ...a] : a
  const right = b.length === 1 ? [...b, 1] : b
  if (left.at(-1) !== right.at(-2))
    site.fail('matching inner dimensions', `${show(a)} and ${show(b)}`)
  const batch = site.broadcast(left.slice(0, -2), right.slice(0, -2))
  return [
    ...batch,
    ...(a.length === 1 ? [] : left.slice(-2, -1)),
    ...(b.length === 1 ? [] : right.slice(-1)),
  ]
}

const matmul: InferRule = site => [
  { dtype: site.commonType(), shape: matmulShape(site, site.shape(0), site.shape(1)) },
]

const integerMatmul =
  (dtype: (site: Site) => DataType, second: number): InferRule =>
  site => [{ dtype: dtype(site), shape: matmulShape(site, site.shape(0), site.shape(second)) }]

export function swapLast(shape: readonly number[]): number[] {
  return [...shape.slice(0, -2), shape[shape.length - 1], shape[shape.length - 2]]
}

const gemm: InferRule = site => {
  const a = site.int('transA', 0) ? swapLast(site.ranked(0, 2)) : site.ranked(0, 2)
  const b = site.int('transB', 0) ? swapLast(site.ranked(1, 2)) : site.ranked(1, 2)
  if (a[1] !== b[0]) site.fail('matching inner dimensions', `${show(a)} and ${show(b)}`)
  const shape = [a[0], b[1]]
  if (site.has(2) && site.broadcast(shape, site.shape(2)).join() !== shape.join())
    site.fail(`a C that broadcasts to ${show(shape)}`, `shape ${show(site.shape(2))}`)
  return [{ dtype: site.commonType(), shape }]
}

const det: InferRule = site => {
  const shape = site.ranked(0, 2, Infinity)
  if (shape.at(-1) !== shape.at(-2)) site.fail('square matrices', `shape ${show(shape)}`)
  return [{ dtype: site.dtype(0), shape: shape.slice(0, -2) }]
}

/** An Einsum equation taken apart: one label a dimension; those of `...` are `~0`, `~1`, ... */
export interface Einsum {
  inputs: string[][]
  output: string[]
  sizes: Map<string, number>
}

const labelsOf = (term: string, ellipsis: string[]) =>
  term.includes('...')
    ? [...term.split('...')[0], ...ellipsis, ...(term.split('...')[1] ?? '')]
    : [...term]

/** Reads an Einsum equation against its inputs' shapes; ellipses and implicit outputs included. */
export function parseEinsum(site: Site): Einsum {
  const equation = site.text('equation', '').replaceAll(' ', '')
  const [left, right] = equation.split('->')
  const terms = left.split(',')
  if (terms.length !== site.count)
    site.fail(`${terms.length} inputs for the equation "${equation}"`, `${site.count}`)
  const hidden = terms.map((term, i) =>
    term.includes('...') ? site.shape(i).length - (term.length - 3) : 0,
  )
  const most = Math.max(0, ...hidden)
  const ellipsis = Array.from({ length: most }, (_, i) => `~${i}`)
  const inputs = terms.map((term, i) => labelsOf(term, ellipsis.slice(most - hidden[i])))
  const sizes = labelSizes(site, inputs)
  const output = right === undefined ? implicitOutput(inputs, ellipsis) : labelsOf(right, ellipsis)
  for (const label of output)
    if (!sizes.has(label)) site.fail(`an output made of input labels in "${equation}"`, label)
  return { inputs, output, sizes }
}

function labelSizes(site: Site, inputs: string[][]): Map<string, number> {
  const sizes = new Map<string, number>()
  for (const [i, labels] of inputs.entries()) {
    const shape = site.ranked(i, labels.length)
    for (const [axis, label] of labels.entries()) {
      const size = sizes.get(label) ?? 1
      if (size !== 1 && shape[axis] !== 1 && shape[axis] !== size)
        site.fail(`one size for the label ${label}`, `${size} and ${shape[axis]}`)
      sizes.set(label, size === 1 ? shape[axis] : size)
    }
  }
  return sizes
}

function implicitOutput(inputs: string[][], ellipsis: string[]): string[] {
  const all = inputs.flat().filter(label => !label.startsWith('~'))
  const once = all.filter(label => all.indexOf(label) === all.lastIndexOf(label))
  return [...ellipsis, ...once.sort()]
}

const einsum: InferRule = site => {
  const { output, sizes } = parseEinsum(site)
  return [{ dtype: site.commonType(), shape: output.map(label => sizes.get(label)!) }]
}

export const linearRules: InferRules = {
  ...each(matmul, 'MatMul'),
  Gemm: gemm,
  MatMulInteger: integerMatmul(() => 'int32', 1),
  QLinearMatMul: integerMatmul(site => site.dtype(7), 3),
  Det: det,
  Einsum: einsum,
}
