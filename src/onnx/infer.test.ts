import { describe, expect, it } from 'vitest'
import { ModelError } from '../base/index.js'
import { Builder } from './builder.js'
import { emptyGraph, ints, text } from './graph.js'

function builderWith(shapes: Record<string, number[]>): Builder {
  const builder = new Builder(emptyGraph('test'))
  for (const [name, shape] of Object.entries(shapes))
    builder.setType(name, { dtype: 'float32', shape })
  return builder
}

describe('inferNode', () => {
  it('gives every emitted value its exact type', () => {
    const b = builderWith({ x: [2, 3, 9, 8], w: [4, 3, 3, 3] })
    const y = b.emit('Conv', ['x', 'w'], { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) })
    expect(b.shape(y)).toEqual([2, 4, 5, 4])
    const flat = b.emit('Reshape', [y, b.ints([0, -1])])
    expect(b.shape(flat)).toEqual([2, 80])
    const [values, indices] = b.emitMany('TopK', [flat, b.ints([7])], {}, { outputs: 2 })
    expect(b.type(values)).toEqual({ dtype: 'float32', shape: [2, 7] })
    expect(b.type(indices)).toEqual({ dtype: 'int64', shape: [2, 7] })
  })

  it('reads an Einsum equation with an ellipsis and an implicit output', () => {
    const b = builderWith({ a: [5, 2, 3], b: [2, 3, 4] })
    const y = b.emit('Einsum', ['a', 'a'], { equation: text('...ij,...kj->...ik') })
    expect(b.shape(y)).toEqual([5, 2, 2])
    expect(b.shape(b.emit('Einsum', ['b'], { equation: text('zya') }))).toEqual([4, 3, 2])
  })

  it('says which node does not fit, and why', () => {
    const b = builderWith({ a: [2, 3], b: [4, 5] })
    expect(() => b.emit('MatMul', ['a', 'b'])).toThrow(
      'MatMul node "MatMul_0": expected matching inner dimensions, received "[2, 3] and [4, 5]".',
    )
    expect(() => b.emit('Add', ['a', 'b'])).toThrow(/expected shapes that broadcast/)
    expect(() => b.emit('Reshape', ['a', 'b'])).toThrow(/expected constant shape \(input 1\)/)
    expect(() => b.emit('Matmul', ['a', 'b'])).toThrow(/Did you mean MatMul/)
    expect(() => b.emit('Neg', [])).toThrow(ModelError)
  })
})
