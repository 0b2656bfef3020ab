import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { InternalError, ModelError, sameShape, type Tensor } from '../base/index.js'
import { dataTypeCodes } from './datatype.js'
import { rawBytes, readEntry, tensorField } from './proto/tensor.js'
import { concatBytes, type Field, fieldsOf, put } from './proto/wire.js'

/**
 * A weight's place in a model: the value's name, after the names of the subgraphs it stands in:
 * `conv1.weight`, or `If_0/then_branch/conv1.weight`, where `If_0` is the first output of the node.
 */
export type WeightPath = string

/**
 * Replaces the payloads of weight tensors (initializers and the tensors of `Constant` nodes, those
 * of subgraphs too) and sets metadata properties; every other byte stays as it was.
 * A tensor that stood in an external file comes into the model file.
 * Throws ModelError when a weight is not found or differs in type or shape from what stands there.
 */
export function patchInitializers(
  original: Uint8Array,
  weights: ReadonlyMap<WeightPath, Tensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const patch: Patch = { weights, found: new Set() }
  const parts: Uint8Array[] = []
  for (const field of fieldsOf(original)) {
    if (field.number === 7) parts.push(...reframe(field, patchGraph(field.bytes(), '', patch)))
    else if (field.number !== 14 || !metadata.has(readEntry(field.bytes())[0]))
      parts.push(field.encoded)
  }
  for (const [key, value] of metadata) parts.push(encodeEntry(key, value))
  refuseMissing(patch)
  return concatBytes(parts)
}

interface Patch {
  readonly weights: ReadonlyMap<WeightPath, Tensor>
  readonly found: Set<WeightPath>
}

function refuseMissing({ weights, found }: Patch): void {
  const missing = [...weights.keys()].filter(path => !found.has(path))
  if (missing.length)
    throw new ModelError(
      `The model has no weight named ${missing.map(m => `"${m}"`).join(', ')}; nothing was written.`,
    )
}

function encodeEntry(key: string, value: string): Uint8Array {
  const writer = new BinaryWriter()
  put.message(writer, 14, w => {
    put.text(w, 1, key)
    put.text(w, 2, value)
  })
  return writer.finish()
}

type Parts = readonly Uint8Array[]

/** The field with a new payload; nothing of it changes when the payload is none, its tag and length stay when they fit. */
function reframe(field: Field, payload: Parts | undefined): Parts {
  if (!payload) return [field.encoded]
  const length = lengthOf(payload)
  if (length === field.payload.length)
    return [field.encoded.subarray(0, field.encoded.length - length), ...payload]
  const head = new BinaryWriter().tag(field.number, WireType.LengthDelimited).uint32(length)
  return [head.finish(), ...payload]
}

function lengthOf(parts: Parts): number {
  return parts.reduce((length, part) => length + part.length, 0)
}

/** Rewrites a message field by field; undefined when no field changed. */
function rewrite(
  message: Uint8Array,
  change: (field: Field) => Parts | undefined,
): Parts | undefined {
  let changed = false
  const parts = [...fieldsOf(message)].flatMap(field => {
    const payload = change(field)
    changed ||= payload !== undefined
    return reframe(field, payload)
  })
  return changed ? parts : undefined
}

function patchGraph(message: Uint8Array, prefix: string, patch: Patch): Parts | undefined {
  return rewrite(message, field => {
    if (field.number === 1) return patchNode(field.bytes(), prefix, patch)
    if (field.number !== 5) return undefined
    return patchTensor(field.bytes(), prefix + tensorName(field.bytes()), patch)
  })
}

function tensorName(message: Uint8Array): string {
  for (const field of fieldsOf(message)) if (field.number === tensorField.name) return field.text()
  return ''
}

function patchNode(message: Uint8Array, prefix: string, patch: Patch): Parts | undefined {
  const fields = [...fieldsOf(message)]
  const output = fields.find(f => f.number === 2)?.text() ?? ''
  const isConstant = fields.some(f => f.number === 4 && f.text() === 'Constant')
  return rewrite(message, field =>
    field.number === 5
      ? patchAttribute(field.bytes(), prefix + output, isConstant, patch)
      : undefined,
  )
}

function patchAttribute(
  message: Uint8Array,
  path: string,
  isConstant: boolean,
  patch: Patch,
): Parts | undefined {
  const name = [...fieldsOf(message)].find(f => f.number === 1)?.text() ?? ''
  return rewrite(message, field => {
    if (field.number === 5 && isConstant) return patchTensor(field.bytes(), path, patch)
    if (field.number === 6) return patchGraph(field.bytes(), `${path}/${name}/`, patch)
    return undefined
  })
}

/** The fields of a TensorProto that hold its elements or say where they stand. */
const payloadFields: ReadonlySet<number> = new Set([
  tensorField.floatData,
  tensorField.int32Data,
  tensorField.int64Data,
  tensorField.rawData,
  tensorField.doubleData,
  tensorField.uint64Data,
  tensorField.externalData,
  tensorField.dataLocation,
])

function patchTensor(message: Uint8Array, path: WeightPath, patch: Patch): Parts | undefined {
  const weight = patch.weights.get(path)
  if (!weight) return undefined
  if (patch.found.has(path)) throw new ModelError(`Two weights of the model are named "${path}".`)
  patch.found.add(path)
  if (weight.dtype === 'string') throw new InternalError(`the weight "${path}" holds text`)
  refuseOther(message, path, weight)
  const bytes = rawBytes(weight as Tensor<'float32'>)
  return inPlace(message, bytes) ?? inRawData(message, bytes)
}

/** Where the old payload is one run of as many bytes, they alone are replaced. */
function inPlace(message: Uint8Array, bytes: Uint8Array): Parts | undefined {
  const payloads = [...fieldsOf(message)].filter(field => payloadFields.has(field.number))
  const [only] = payloads
  const isFixed = [tensorField.rawData, tensorField.floatData, tensorField.doubleData].some(
    number => number === only?.number,
  )
  const fits = only?.wire === WireType.LengthDelimited && only.payload.length === bytes.length
  if (payloads.length !== 1 || !isFixed || !fits) return undefined
  return rewrite(message, field => (field.number === only.number ? [bytes] : undefined))
}

function inRawData(message: Uint8Array, bytes: Uint8Array): Parts {
  const head = new BinaryWriter().tag(tensorField.rawData, WireType.LengthDelimited)
  const raw = [head.uint32(bytes.length).finish(), bytes]
  const kept = [...fieldsOf(message)].filter(field => !payloadFields.has(field.number))
  return [...kept.map(field => field.encoded), ...raw]
}

function refuseOther(message: Uint8Array, path: WeightPath, weight: Tensor): void {
  const fields = [...fieldsOf(message)]
  const code = fields.find(field => field.number === tensorField.dataType)?.integer()
  const dims = fields
    .filter(field => field.number === tensorField.dims)
    .flatMap(field => field.integers().map(Number))
  if (code !== dataTypeCodes[weight.dtype] || !sameShape(dims, weight.shape))
    throw new ModelError(
      `The weight "${path}" is ${weight.dtype} of shape [${weight.shape}]; the model holds another type or shape [${dims}] there.`,
    )
}
