import type { BinaryWriter } from '@bufbuild/protobuf/wire'
import type { DataType } from '../../base/index.js'
import { dataTypeCodes, dataTypeOf } from '../datatype.js'
import type { Dimension, ValueInfo } from '../graph.js'
import { type FieldTable, fieldsOf, put, readFields } from './wire.js'

const valueInfoTable: FieldTable<ValueInfo> = {
  1: (v, f) => {
    v.name = f.text()
  },
  2: (v, f) => Object.assign(v, readType(f.bytes())),
}

/** Reads a ValueInfoProto. */
export function readValueInfo(message: Uint8Array): ValueInfo {
  const info: ValueInfo = { name: '' }
  const unknown = readFields(message, valueInfoTable, info)
  return unknown ? { ...info, unknown } : info
}

/** A tensor type is read; sequences, maps, optionals and element types unknown here stay encoded. */
function readType(message: Uint8Array): Partial<ValueInfo> {
  const tensorType = [...fieldsOf(message)].find(field => field.number === 1)
  if (!tensorType) return message.length ? { opaque: message.slice() } : {}
  const draft: { code: number; shape?: Dimension[] } = { code: 0 }
  readFields(tensorType.bytes(), tensorTypeTable, draft)
  const dtype = dataTypeOf(draft.code)
  if (!dtype && draft.code) return { opaque: message.slice() }
  return { ...(dtype && { dtype }), ...(draft.shape && { shape: draft.shape }) }
}

const tensorTypeTable: FieldTable<{ code: number; shape?: Dimension[] }> = {
  1: (t, f) => {
    t.code = f.integer()
  },
  2: (t, f) => {
    t.shape = [...fieldsOf(f.bytes())].filter(d => d.number === 1).map(d => dimension(d.bytes()))
  },
}

/** A size or a name; a negative size, seen in real files, means an unknown one. */
function dimension(message: Uint8Array): Dimension {
  let value: Dimension = ''
  for (const field of fieldsOf(message)) {
    if (field.number === 1) value = field.integer()
    if (field.number === 2) value = field.text()
  }
  return typeof value === 'number' && value < 0 ? '' : value
}

/** Writes the fields of a ValueInfoProto. */
export function writeValueInfo(writer: BinaryWriter, info: ValueInfo): void {
  const { name, dtype, shape, opaque } = info
  put.text(writer, 1, name)
  if (opaque) put.bytes(writer, 2, opaque)
  else if (dtype || shape)
    put.message(writer, 2, type => put.message(type, 1, w => writeTensorType(w, dtype, shape)))
  put.raw(writer, info.unknown)
}

function writeTensorType(writer: BinaryWriter, dtype?: DataType, shape?: Dimension[]): void {
  if (dtype) put.integer(writer, 1, dataTypeCodes[dtype])
  if (!shape) return
  put.message(writer, 2, w => {
    for (const size of shape)
      put.message(w, 1, d => {
        if (typeof size === 'number') put.integer(d, 1, size)
        else if (size) put.text(d, 2, size)
      })
  })
}
