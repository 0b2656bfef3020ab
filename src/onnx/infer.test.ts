import { describe, expect, it } from 'vitest'
import { int64Tensor, ModelError } from '../base/index.js'
import { Builder } from './builder.js'
import { emptyGraph, int, ints, text } from './graph.js'
import { inferNode } from './infer.js'
import { operators } from './ops.js'

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

  it('refuses arguments that give no shape', () => {
    const b = builderWith({ x: [2, 3] })
    expect(() => b.emit('ConstantOfShape', [b.ints([2, -4])])).toThrow(
      'ConstantOfShape node "ConstantOfShape_0": expected arguments that give an output of whole sizes, received "sizes [2, -4]".',
    )
    const range = [0, 5, 0].map(value => b.constant(int64Tensor([value], [])))
    expect(() => b.emit('Range', range)).toThrow(/whole sizes, received "sizes \[Infinity\]"/)
    expect(() => b.emit('Relu', ['x', 'x'])).toThrow(/at most 1 inputs, received 2/)
    expect(() => b.emitMany('Relu', ['x'], {}, { outputs: 2 })).toThrow(/at most 1 outputs/)
    expect(() => b.emit('Tile', ['x', b.ints([2])])).toThrow(/expected 2 repeats/)
    expect(() => b.emit('Concat', ['x', 'x'], { axis: int(2) })).toThrow(/an axis from -2 to 1/)
  })

  it('has a rule for every operator of the table but those whose values are no tensors', () => {
    const without = Object.keys(operators).filter(op => !canInfer(op))
    expect(without).toEqual([
      ...['ConcatFromSequence', 'If', 'ImageDecoder', 'Loop', 'Optional', 'OptionalGetElement'],
      ...['OptionalHasElement', 'RegexFullMatch', 'Scan', 'SequenceAt', 'SequenceConstruct'],
      ...['SequenceEmpty', 'SequenceErase', 'SequenceInsert', 'SequenceLength', 'SequenceMap'],
      ...['SplitToSequence', 'StringConcat', 'StringNormalizer', 'StringSplit', 'TfIdfVectorizer'],
    ])
  })
})

/** Whether inference knows the operator: without inputs every rule complains, but of something else. */
function canInfer(op: string): boolean {
  const node = { name: '', op, domain: '', inputs: [], outputs: ['y'], attributes: {} }
  try {
    inferNode(node, builderWith({}))
    return true
  } catch (error) {
    return !String(error).includes('Temper does not know it')
  }
}
