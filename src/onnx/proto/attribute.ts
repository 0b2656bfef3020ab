import type { BinaryWriter } from '@bufbuild/protobuf/wire'
import type { Attribute, Graph } from '../graph.js'
import { type ExternalReader, readTensor, writeTensor } from './tensor.js'
import { type FieldTable, put, readFields, textOrNothing } from './wire.js'

/** AttributeProto.AttributeType, the kinds Temper reads. */
const kinds = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const

type Kind = keyof typeof kinds

interface Draft {
  name: string
  type: number
  float: number
  int: bigint
  string: Uint8Array
  tensor?: Uint8Array
  graph?: Uint8Array
  floats: Uint8Array[]
  ints: bigint[]
  strings: Uint8Array[]
  /** Kinds seen, for files without a type. */
  seen: Set<Kind>
}

const table: FieldTable<Draft> = {
  1: (a, f) => {
    a.name = f.text()
  },
  2: (a, f) => see(a, 'float', { float: f.float() }),
  3: (a, f) => see(a, 'int', { int: f.bigInteger() }),
  4: (a, f) => see(a, 'string', { string: f.bytes() }),
  5: (a, f) => see(a, 'tensor', { tensor: f.bytes() }),
  6: (a, f) => see(a, 'graph', { graph: f.bytes() }),
  7: (a, f) => {
    a.floats.push(f.fixed(4))
    a.seen.add('floats')
  },
  8: (a, f) => {
    for (const value of f.integers()) a.ints.push(value)
    a.seen.add('ints')
  },
  9: (a, f) => {
    a.strings.push(f.bytes())
    a.seen.add('strings')
  },
  20: (a, f) => {
    a.type = f.integer()
  },
}

function see(draft: Draft, kind: Kind, value: Partial<Draft>): void {
  Object.assign(draft, value)
  draft.seen.add(kind)
}

export interface AttributeContext {
  readGraph(message: Uint8Array): Graph
  readonly external?: ExternalReader
}

/** Reads an AttributeProto; what has no plain form here stays encoded as a whole. */
export function readAttribute(
  message: Uint8Array,
  context: AttributeContext,
): { name: string; attribute: Attribute } {
  const draft: Draft = {
    name: '',
    type: 0,
    float: 0,
    int: 0n,
    string: new Uint8Array(),
    floats: [],
    ints: [],
    strings: [],
    seen: new Set(),
  }
  const unknown = readFields(message, table, draft)
  const kind = kindOf(draft)
  const plain = kind && plainValue(draft, kind, context)
  if (!plain) return { name: draft.name, attribute: { type: 'opaque', value: message.slice() } }
  return { name: draft.name, attribute: unknown ? { ...plain, unknown } : plain }
}

function kindOf(draft: Draft): Kind | undefined {
  if (draft.type === 0) return [...draft.seen][0]
  return (Object.keys(kinds) as Kind[]).find(kind => kinds[kind] === draft.type)
}

function plainValue(
  draft: Draft,
  kind: Kind,
  { readGraph, external }: AttributeContext,
): Attribute | undefined {
  if (kind === 'float') return { type: kind, value: draft.float }
  if (kind === 'int')
    return isPlain(draft.int) ? { type: kind, value: Number(draft.int) } : undefined
  if (kind === 'ints')
    return draft.ints.every(isPlain) ? { type: kind, value: draft.ints.map(Number) } : undefined
  if (kind === 'floats') return { type: kind, value: draft.floats.flatMap(floatsIn) }
  if (kind === 'tensor') {
    const value = draft.tensor && readTensor(draft.tensor, external)
    // A tensor's own name is said nowhere else, so a named one keeps it as an extra field.
    return value?.value && { type: kind, value: value.value }
  }
  if (kind === 'graph') return draft.graph && { type: kind, value: readGraph(draft.graph) }
  if (kind === 'string') {
    const value = textOrNothing(draft.string)
    return value === undefined ? undefined : { type: kind, value }
  }
  const strings = draft.strings.map(textOrNothing)
  return strings.includes(undefined) ? undefined : { type: kind, value: strings as string[] }
}

/** Exact as a double; the two ends of the 64-bit range stand for "as far as it goes". */
function isPlain(value: bigint): boolean {
  const number = Number(value)
  return Number.isSafeInteger(number) || value === 2n ** 63n - 1n || value === -(2n ** 63n)
}

function floatsIn(bytes: Uint8Array): number[] {
  return [...new Float32Array(bytes.slice().buffer)]
}

type WriteGraph = (writer: BinaryWriter, graph: Graph) => void

/** Writes the fields of an AttributeProto. */
export function writeAttribute(
  writer: BinaryWriter,
  name: string,
  attribute: Attribute,
  writeGraph: WriteGraph,
): void {
  if (attribute.type === 'opaque') {
    put.raw(writer, attribute.value)
    return
  }
  put.text(writer, 1, name)
  writeValue(writer, attribute, writeGraph)
  put.integer(writer, 20, kinds[attribute.type])
  put.raw(writer, attribute.unknown)
}

function writeValue(
  writer: BinaryWriter,
  attribute: Exclude<Attribute, { type: 'opaque' }>,
  writeGraph: WriteGraph,
): void {
  const { type, value } = attribute
  if (type === 'float') put.float(writer, 2, value)
  else if (type === 'int') put.integer(writer, 3, value)
  else if (type === 'string') put.text(writer, 4, value)
  else if (type === 'tensor') put.message(writer, 5, w => writeTensor(w, '', value))
  else if (type === 'graph') put.message(writer, 6, w => writeGraph(w, value))
  else if (type === 'floats')
    // Unpacked, as exporters write them: readers of the proto2 schema take either.
    for (const one of value) put.float(writer, 7, one)
  else if (type === 'ints') for (const one of value) put.integer(writer, 8, one)
  else for (const one of value) put.text(writer, 9, one)
}
