import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { describe, expect, it } from 'vitest'
import { type DataType, ModelError, type Tensor, tensor, zeros } from '../../base/index.js'
import { dataTypeCodes } from '../datatype.js'
import { emptyGraph, type Model } from '../graph.js'
import { readModel } from './read.js'
import { encodeTensor, readTensor, writeTensor } from './tensor.js'
import { put } from './wire.js'
import { writeModel } from './write.js'

const bytes = (write: (w: BinaryWriter) => void) => {
  const writer = new BinaryWriter()
  write(writer)
  return writer.finish()
}

/** A model of one Identity node with something extra. */
function smallModel(change: (model: Model) => void = () => {}): Model {
  const model: Model = {
    irVersion: 8,
    opsets: new Map([['', 17]]),
    producer: { name: 'test', version: '1' },
    metadata: new Map([['key', 'value']]),
    graph: {
      ...emptyGraph('small'),
      nodes: [
        { name: 'n', op: 'Identity', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} },
      ],
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 3, ''] }],
      outputs: [{ name: 'y', dtype: 'float32' }],
    },
  }
  change(model)
  return model
}

describe('tensors', () => {
  const dtypes = Object.keys(dataTypeCodes) as DataType[]

  it.each(dtypes)('%s comes back from raw data', dtype => {
    const given = zeros(dtype, [2, 3])
    for (let i = 0; i < 6; i++)
      (given.data as { [i: number]: unknown })[i] =
        dtype === 'string' ? `text ${i}` : dtype.endsWith('int64') ? BigInt(i) : i
    expect(readTensor(encodeTensor('t', given))).toEqual({
      name: 't',
      value: given,
      isExternal: false,
    })
  })

  const typed = (code: number, write: (w: BinaryWriter) => void) =>
    readTensor(
      bytes(w => {
        put.integer(w, 1, 2)
        put.integer(w, 2, code)
        write(w)
      }),
    ).value

  it('reads floats packed and one by one', () => {
    const wanted = tensor('float32', [2], Float32Array.of(1.5, -2))
    expect(typed(1, w => put.message(w, 4, m => m.float(1.5).float(-2)))).toEqual(wanted)
    expect(
      typed(1, w => {
        put.float(w, 4, 1.5)
        put.float(w, 4, -2)
      }),
    ).toEqual(wanted)
  })

  it('reads doubles, integers, booleans and half floats from their typed fields', () => {
    expect(typed(11, w => put.message(w, 10, m => m.double(0.1).double(2)))?.data).toEqual(
      Float64Array.of(0.1, 2),
    )
    expect(typed(7, w => put.message(w, 7, m => m.int64(-1).int64(5)))?.data).toEqual(
      BigInt64Array.of(-1n, 5n),
    )
    expect(typed(3, w => put.message(w, 5, m => m.int32(-1).int32(5)))?.data).toEqual(
      Int8Array.of(-1, 5),
    )
    expect(typed(9, w => put.message(w, 5, m => m.int32(1).int32(0)))?.data).toEqual(
      Uint8Array.of(1, 0),
    )
    expect(typed(10, w => put.message(w, 5, m => m.int32(0x3c00).int32(0xbc00)))?.data).toEqual(
      Uint16Array.of(0x3c00, 0xbc00),
    )
    expect(
      typed(13, w => put.message(w, 11, m => m.uint64(2n ** 64n - 1n).uint64(1)))?.data,
    ).toEqual(BigUint64Array.of(2n ** 64n - 1n, 1n))
  })

  it('keeps fields it does not know', () => {
    const noted = bytes(w => {
      writeTensor(w, 'weight', tensor('float32', [1], Float32Array.of(1)))
      put.text(w, 12, 'a note')
    })
    const { value } = readTensor(noted)
    expect(Buffer.from(encodeTensor('weight', value as Tensor))).toEqual(Buffer.from(noted))
  })

  it('believes no size: data decides', () => {
    const bomb = (dims: bigint[]) =>
      bytes(w => {
        for (const d of dims) put.integer(w, 1, d)
        put.integer(w, 2, 1)
        put.bytes(w, 9, new Uint8Array(8))
      })
    expect(() => readTensor(bomb([1n << 40n, 1n << 20n]))).toThrow(ModelError)
    expect(() => readTensor(bomb([-2n]))).toThrow(/dimension of -2/)
    expect(() => readTensor(bomb([3n]))).toThrow(/should hold 3 elements and holds 2/)
  })
})

describe('models', () => {
  it('come back as they were', () => {
    expect(readModel(writeModel(smallModel()))).toEqual(smallModel())
  })

  it('keep unknown fields of model, graph, node, value and attribute', () => {
    const note = bytes(w => put.text(w, 200, 'later'))
    const noted = smallModel(m => {
      m.unknown = note
      m.graph.unknown = note
      m.graph.nodes[0].unknown = note
      m.graph.inputs[0].unknown = note
      m.graph.nodes[0].attributes = {
        axis: { type: 'int', value: 3, unknown: note },
        end: { type: 'int', value: 2 ** 63 },
        all: { type: 'ints', value: [1, -1] },
        scale: { type: 'floats', value: [0.5, -0] },
        words: { type: 'strings', value: ['a', 'ü'] },
        branch: { type: 'graph', value: emptyGraph('inner') },
        constant: { type: 'tensor', value: tensor('int64', [], BigInt64Array.of(5n)) },
      }
    })
    const encoded = writeModel(noted)
    expect(readModel(encoded)).toEqual(noted)
    expect(writeModel(readModel(encoded))).toEqual(encoded)
  })

  it('keep what has no plain form as encoded', () => {
    const sparse = bytes(w => {
      put.text(w, 1, 'sparse_value')
      put.bytes(w, 22, new Uint8Array([8, 1]))
      put.integer(w, 20, 11)
    })
    const encoded = writeModel(
      smallModel(m => {
        m.graph.nodes[0].attributes = { sparse_value: { type: 'opaque', value: sparse } }
      }),
    )
    const [node] = readModel(encoded).graph.nodes
    expect(node.attributes.sparse_value).toEqual({ type: 'opaque', value: sparse })
    expect(writeModel(readModel(encoded))).toEqual(encoded)
  })

  it('list initializers as inputs where the file did, and always before IR version 4', () => {
    const weight = tensor('float32', [1], Float32Array.of(1))
    const old = smallModel(m => {
      m.irVersion = 3
      m.graph.initializers.set('w', weight)
    })
    const { graph } = readModel(writeModel(old))
    expect(graph.inputs.map(i => i.name)).toEqual(['x'])
    expect([...graph.overridable!.keys()]).toEqual(['w'])
    const newer = readModel(writeModel({ ...old, irVersion: 8 }))
    expect(newer.graph.overridable).toBeUndefined()
    const listed = readModel(writeModel({ ...old, irVersion: 8, graph }))
    expect([...listed.graph.overridable!.keys()]).toEqual(['w'])
  })

  it('have attributes of any name without touching prototypes', () => {
    const hostile = smallModel(m => {
      m.graph.nodes[0].attributes = Object.defineProperty({}, '__proto__', {
        value: { type: 'int', value: 1 },
        enumerable: true,
      })
    })
    const [node] = readModel(writeModel(hostile)).graph.nodes
    expect(Object.keys(node.attributes)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).type).toBeUndefined()
  })
})

describe('what is no model is refused with a sentence', () => {
  const text = (s: string) => Uint8Array.from(s, c => c.charCodeAt(0))
  it.each([
    ['an empty file', new Uint8Array(), /empty/],
    ['a PNG', text('\x89PNG\r\n\x1a\n0000'), /PNG image/],
    ['a ZIP', text('PK\x03\x04....'), /ZIP archive/],
    ['a web page', text('<!doctype html>'), /web page/],
    ['a Git LFS pointer', text('version https://git-lfs.github.com/spec/v1'), /git lfs pull/],
    ['plain text', text('hello world'), /not an ONNX model/],
    ['a TensorFlow Lite model', text('\x1c\0\0\0TFL3....'), /TensorFlow Lite/],
    ['a text in UTF-8', new TextEncoder().encode('ärger'), /not an ONNX model/],
    ['only a version', Uint8Array.of(8, 7), /names no operator set/],
  ])('%s', (_, file, sentence) => {
    expect(() => readModel(file)).toThrow(ModelError)
    expect(() => readModel(file)).toThrow(sentence)
  })

  it('a truncated model', () => {
    const whole = writeModel(smallModel())
    expect(() => readModel(whole.subarray(0, whole.length - 7))).toThrow(/truncated/)
  })

  it('a model with too many nodes, and one nested too deep', () => {
    const [node] = smallModel().graph.nodes
    const many = smallModel(m => {
      m.graph.nodes = Array.from({ length: 11 }, () => node)
    })
    expect(() => readModel(writeModel(many), { maxNodes: 10 })).toThrow(/more than 10 nodes/)
    let graph = emptyGraph('deepest')
    for (let depth = 0; depth < 70; depth++)
      graph = {
        ...emptyGraph('deep'),
        nodes: [{ ...node, attributes: { branch: { type: 'graph', value: graph } } }],
      }
    expect(() => readModel(writeModel({ ...smallModel(), graph }))).toThrow(/64 deep/)
  })
})
