import { describe, expect, it } from 'vitest'
import { encode, float, node, uniform } from '../../test/support/models.js'
import { float32Tensor, numberToFloat16, type Tensor, tensor } from '../base/index.js'
import { int, ints, readModel } from '../onnx/index.js'
import { exportModel, openModel } from './index.js'

describe('parameters', () => {
  it('are found behind Identity, Transpose and Reshape, and where nodes share them', async () => {
    const opened = await openModel(
      encode({
        nodes: [
          node('Identity', ['w'], 'same'),
          node('Transpose', ['same'], 'turned', { perm: ints([1, 0]) }),
          node('MatMul', ['x', 'turned'], 'a'),
          node('MatMul', ['a', 'w'], 'b'),
          node('Constant', [], 'bias', { value: { type: 'tensor', value: uniform([3]) } }),
          node('Add', ['b', 'bias'], 'y'),
        ],
        initializers: new Map([['w', uniform([2, 3])]]),
        inputs: [float('x', 'batch', 3)],
        outputs: [float('y', 'batch', 3)],
      }),
    )
    expect(opened.parameters.map(p => [p.name, p.role, p.stands])).toEqual([
      ['w', 'weight', 'initializer'],
      ['bias', 'bias', 'Constant node'],
    ])
  })

  it('are not what normalises the input, single factors, or masks', async () => {
    const opened = await openModel(
      encode({
        nodes: [
          node('Sub', ['x', 'mean'], 'centred'),
          node('Div', ['centred', 'std'], 'normal'),
          node('MatMul', ['normal', 'w'], 'a'),
          node('Mul', ['a', 'half'], 'b'),
          node('Add', ['b', 'mask'], 'y'),
        ],
        initializers: new Map<string, Tensor>([
          ['mean', uniform([3])],
          ['std', uniform([3])],
          ['w', uniform([3, 3])],
          ['half', float32Tensor([0.5], [])],
          ['mask', float32Tensor([0, -1e9, 0], [3])],
        ]),
        inputs: [float('x', 'batch', 3)],
        outputs: [float('y', 'batch', 3)],
      }),
    )
    expect(opened.parameters.map(p => p.name)).toEqual(['w'])
  })

  it('of 16 bits are held as float32 and written back as they were', async () => {
    const half = (values: number[]) =>
      tensor('float16', [values.length], Uint16Array.from(values, numberToFloat16))
    const bytes = encode({
      nodes: [
        node('Cast', ['x'], 'small', { to: int(10) }),
        node('Add', ['small', 'w'], 'sum'),
        node('Cast', ['sum'], 'y', { to: int(1) }),
      ],
      initializers: new Map([['w', half([1, 2.5])]]),
      inputs: [float('x', 'batch', 2)],
      outputs: [float('y', 'batch', 2)],
    })
    // What is added to the input at once would be a setting of it; here the cast comes between.
    const opened = await openModel(bytes)
    expect(opened.parameters).toEqual([])
    const layered = encode({
      nodes: [
        node('Cast', ['x'], 'small', { to: int(10) }),
        node('Relu', ['small'], 'positive'),
        node('Add', ['positive', 'w'], 'sum'),
        node('Cast', ['sum'], 'y', { to: int(1) }),
      ],
      initializers: new Map([['w', half([1, 2.5])]]),
      inputs: [float('x', 'batch', 2)],
      outputs: [float('y', 'batch', 2)],
    })
    const wide = await openModel(layered)
    expect(wide.parameters[0]).toMatchObject({ name: 'w', dtype: 'float16' })
    expect(wide.parameters[0].value).toEqual(float32Tensor([1, 2.5], [2]))
    const exported = exportModel(wide, new Map([['w', Float32Array.of(1.0001, 3)]]))
    expect(readModel(exported).graph.initializers.get('w')).toEqual(half([1, 3]))
  })
})
