import { describe, expect, it } from 'vitest'
import { hasShared, sharedModel } from '../../test/support/shared.js'
import { ModelError, type Tensor, tensor } from '../base/index.js'
import { emptyGraph, type Graph, type Model, type Node } from './graph.js'
import { patchInitializers } from './patch.js'
import { readModel } from './proto/read.js'
import { writeModel } from './proto/write.js'

const floats = (...values: number[]) =>
  tensor('float32', [values.length], Float32Array.from(values))

const node = (op: string, inputs: string[], output: string, attributes = {}): Node => ({
  name: '',
  op,
  domain: '',
  inputs,
  outputs: [output],
  attributes,
})

const constant = (output: string, value: Tensor) =>
  node('Constant', [], output, { value: { type: 'tensor', value } })

const branch = (value: number): Graph => ({
  ...emptyGraph('branch'),
  nodes: [constant('inner', floats(value, value))],
  outputs: [{ name: 'inner' }],
})

function model(): Model {
  return {
    irVersion: 8,
    opsets: new Map([['', 17]]),
    producer: { name: 'test', version: '' },
    metadata: new Map([
      ['kept', 'as it is'],
      ['temper.seed', 'old'],
    ]),
    graph: {
      ...emptyGraph('g'),
      nodes: [
        constant('c', floats(3, 4)),
        node('If', ['flag'], 'picked', {
          then_branch: { type: 'graph', value: branch(5) },
          else_branch: { type: 'graph', value: branch(6) },
        }),
        node('Sum', ['w', 'c', 'picked'], 'y'),
      ],
      initializers: new Map<string, Tensor>([['w', floats(1, 2)]]),
      inputs: [{ name: 'flag', dtype: 'bool', shape: [] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: [2] }],
    },
  }
}

/** Positions at which two byte runs of one length differ. */
function differences(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((count, byte, i) => count + (byte === b[i] ? 0 : 1), 0)
}

describe('patching weights', () => {
  it.each([
    ['w', 1],
    ['c', 3],
    ['picked/then_branch/inner', 5],
    ['picked/else_branch/inner', 6],
  ])('changes the payload of %s alone', (path, old) => {
    const original = writeModel(model())
    const patched = patchInitializers(original, new Map([[path, floats(-7, -8)]]))
    const at = Buffer.from(original).indexOf(Buffer.from(Float32Array.of(old).buffer))
    const restored = patched.slice()
    restored.set(original.subarray(at, at + 8), at)
    expect(differences(original, restored)).toBe(0)
    expect([...new Float32Array(patched.slice(at, at + 8).buffer)]).toEqual([-7, -8])
  })

  it('sets metadata, replacing what has the same key', () => {
    const original = writeModel(model())
    const patched = patchInitializers(original, new Map(), new Map([['temper.seed', '5']]))
    const wanted = model()
    wanted.metadata.set('temper.seed', '5')
    expect(readModel(patched)).toEqual(wanted)
  })

  it('refuses a weight that is not there, or is of another type or shape', () => {
    const original = writeModel(model())
    const patch = (path: string, value: Tensor) =>
      patchInitializers(original, new Map([[path, value]]))
    expect(() => patch('nowhere', floats(1, 2))).toThrow(/no weight named "nowhere"/)
    expect(() => patch('w', floats(1, 2, 3))).toThrow(ModelError)
    expect(() => patch('w', tensor('int32', [2], Int32Array.of(1, 2)))).toThrow(ModelError)
  })
})

describe.skipIf(!hasShared)('patching real files', () => {
  it('with the weights they have gives the same bytes', () => {
    for (const file of ['ultraface-rfb-320.onnx', 'oww-hello_deepa.onnx', 'wonnx-opt-mnist.onnx']) {
      const original = sharedModel(file)
      const { initializers } = readModel(original).graph
      expect(initializers.size).toBeGreaterThan(5)
      const patched = patchInitializers(original, initializers)
      const back = readModel(patched)
      expect([...back.graph.initializers], file).toEqual([...initializers])
      if (patched.length === original.length) expect(differences(original, patched)).toBe(0)
    }
  })

  it('replaces weights given as Constant nodes', () => {
    const original = sharedModel('ch_ppocr_mobile_v2.0_cls_infer.onnx')
    const constants = readModel(original).graph.nodes.filter(n => n.op === 'Constant')
    const weights = new Map<string, Tensor>()
    for (const { outputs, attributes } of constants)
      if (attributes.value.type === 'tensor') weights.set(outputs[0], attributes.value.value)
    expect(weights.size).toBeGreaterThan(100)
    expect(readModel(patchInitializers(original, weights))).toEqual(readModel(original))
  })
})
