import { BinaryWriter } from '@bufbuild/protobuf/wire'
import {
  bytesPerElement,
  type DataType,
  ModelError,
  sizeOf,
  type Tensor,
  type TensorData,
  zeros,
} from '../../base/index.js'
import { dataTypeCodes, dataTypeOf } from '../datatype.js'
import { broken, concatBytes, type FieldTable, put, readFields, textOrNothing } from './wire.js'

/** Where a tensor's bytes stand when they are not in the model file. */
export interface ExternalPart {
  /** Path relative to the model's folder, as written in the file: hostile until checked. */
  readonly location: string
  readonly offset: number
  /** Bytes. */
  readonly length: number
}

/** Reads one external part; must return exactly `length` bytes or throw ModelError. */
export type ExternalReader = (part: ExternalPart) => Uint8Array

/** Field numbers of TensorProto. */
export const tensorField = {
  dims: 1,
  dataType: 2,
  floatData: 4,
  int32Data: 5,
  stringData: 6,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  uint64Data: 11,
  externalData: 13,
  dataLocation: 14,
} as const

interface Draft {
  name: string
  dims: bigint[]
  type: number
  raw?: Uint8Array
  /** Packed little-endian floats and doubles. */
  fixed: Uint8Array[]
  integers: bigint[]
  strings: Uint8Array[]
  external: Map<string, string>
  isExternal: boolean
}

const table: FieldTable<Draft> = {
  [tensorField.dims]: (t, f) => pushAll(t.dims, f.integers()),
  [tensorField.dataType]: (t, f) => {
    t.type = f.integer()
  },
  [tensorField.floatData]: (t, f) => t.fixed.push(f.fixed(4)),
  [tensorField.int32Data]: (t, f) => pushAll(t.integers, f.integers()),
  [tensorField.stringData]: (t, f) => t.strings.push(f.bytes()),
  [tensorField.int64Data]: (t, f) => pushAll(t.integers, f.integers()),
  [tensorField.name]: (t, f) => {
    t.name = f.text()
  },
  [tensorField.rawData]: (t, f) => {
    t.raw = f.bytes()
  },
  [tensorField.doubleData]: (t, f) => t.fixed.push(f.fixed(8)),
  [tensorField.uint64Data]: (t, f) => pushAll(t.integers, f.integers()),
  [tensorField.externalData]: (t, f) => {
    const [key, value] = readEntry(f.bytes())
    t.external.set(key, value)
  },
  [tensorField.dataLocation]: (t, f) => {
    t.isExternal = f.integer() === 1
  },
}

function pushAll<T>(into: T[], values: readonly T[]): void {
  for (const value of values) into.push(value)
}

/** A StringStringEntryProto. */
export function readEntry(message: Uint8Array): [key: string, value: string] {
  const entry: [string, string] = ['', '']
  readFields<[string, string]>(message, { 1: setText(0), 2: setText(1) }, entry)
  return entry
}

const setText =
  (index: 0 | 1) =>
  (entry: [string, string], field: { text(): string }): void => {
    entry[index] = field.text()
  }

/** What a TensorProto carries besides name, type, shape and data (notes, for instance), kept with it. */
const extras = new WeakMap<Tensor, Uint8Array>()

export interface NamedTensor {
  name: string
  /** Absent when the tensor has a form that Temper keeps as encoded only. */
  value?: Tensor
  isExternal: boolean
}

/** Reads a TensorProto; external data comes from `external`. Throws ModelError. */
export function readTensor(message: Uint8Array, external?: ExternalReader): NamedTensor {
  const draft: Draft = {
    name: '',
    dims: [],
    type: 0,
    fixed: [],
    integers: [],
    strings: [],
    external: new Map(),
    isExternal: false,
  }
  const others = readFields(message, table, draft)
  const dtype = dataTypeOf(draft.type)
  const { name, isExternal } = draft
  const data = dtype && dataOf(draft, dtype, external)
  if (!data) return { name, isExternal }
  const value = { dtype, shape: shapeOf(draft), data } as Tensor
  if (others) extras.set(value, others)
  return { name, value, isExternal }
}

function shapeOf(draft: Draft): number[] {
  return draft.dims.map(d => {
    if (d < 0n || d > BigInt(Number.MAX_SAFE_INTEGER))
      throw broken(`the tensor "${draft.name}" has a dimension of ${d}`)
    return Number(d)
  })
}

/** The elements: raw, external or typed. Nothing is allocated before the bytes are seen. */
function dataOf(draft: Draft, dtype: DataType, external?: ExternalReader) {
  const count = sizeOf(shapeOf(draft))
  if (dtype === 'string') {
    expectCount(draft, draft.strings.length, count)
    const strings = draft.strings.map(textOrNothing)
    return strings.includes(undefined) ? undefined : (strings as string[])
  }
  const width = bytesPerElement(dtype)
  const bytes = draft.isExternal
    ? externalBytes(draft, count * width, external)
    : (draft.raw ?? (draft.fixed.length ? concatBytes(draft.fixed) : undefined))
  if (!bytes) return fromIntegers(draft, dtype, count)
  expectCount(draft, bytes.length / width, count)
  const data = zeros(dtype, [count]).data
  new Uint8Array(data.buffer).set(bytes)
  return data
}

function externalBytes(draft: Draft, length: number, external?: ExternalReader): Uint8Array {
  const location = draft.external.get('location') ?? ''
  if (!external)
    throw new ModelError(
      `The tensor "${draft.name}" stands in the file "${location}" beside the model. Open the model by its path, so that the file can be found.`,
    )
  const offset = wholeNumber(draft, 'offset', '0')
  const claimed = wholeNumber(draft, 'length', String(length))
  expectCount(draft, claimed, length, 'bytes')
  return external({ location, offset, length })
}

function wholeNumber(draft: Draft, key: string, otherwise: string): number {
  const written = draft.external.get(key) ?? otherwise
  const value = /^\d+$/.test(written) ? Number(written) : Number.NaN
  if (!Number.isSafeInteger(value))
    throw broken(`the external data of "${draft.name}" has the ${key} "${written}"`)
  return value
}

/** Integers, booleans and 16-bit floats (their bits) may stand one a varint. */
function fromIntegers<T extends Exclude<DataType, 'string'>>(
  draft: Draft,
  dtype: T,
  count: number,
): TensorData[T] {
  expectCount(draft, draft.integers.length, count)
  const data = zeros(dtype, [count]).data
  const wide = data instanceof BigInt64Array || data instanceof BigUint64Array
  for (const [i, value] of draft.integers.entries())
    (data as { [i: number]: number | bigint })[i] = wide ? value : Number(value)
  return data
}

function expectCount(draft: Draft, found: number, count: number, unit = 'elements'): void {
  if (found !== count)
    throw broken(
      `the tensor "${draft.name}" of shape [${draft.dims.join(', ')}] should hold ${count} ${unit} and holds ${found}`,
    )
}

/** The little-endian bytes of a tensor's elements, as in `raw_data`. */
export function rawBytes({ data }: Tensor<Exclude<DataType, 'string'>>): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** Writes the fields of a TensorProto, its data inline. */
export function writeTensor(writer: BinaryWriter, name: string, tensor: Tensor): void {
  if (tensor.shape.length)
    put.message(writer, tensorField.dims, w => {
      for (const dimension of tensor.shape) w.int64(dimension)
    })
  put.integer(writer, tensorField.dataType, dataTypeCodes[tensor.dtype])
  if (name) put.text(writer, tensorField.name, name)
  if (tensor.dtype === 'string')
    for (const text of tensor.data as string[]) put.text(writer, tensorField.stringData, text)
  else put.bytes(writer, tensorField.rawData, rawBytes(tensor as Tensor<'float32'>))
  put.raw(writer, extras.get(tensor))
}

/** A tensor as a file of its own (`.pb`, as in the conformance tests). */
export function encodeTensor(name: string, tensor: Tensor): Uint8Array {
  const writer = new BinaryWriter()
  writeTensor(writer, name, tensor)
  return writer.finish()
}
