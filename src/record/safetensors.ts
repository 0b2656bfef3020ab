/** safetensors: u64 header length, a JSON header, then the tensors' bytes without gaps, little-endian. */
import {
  DataError,
  type DataType,
  InternalError,
  sizeOf,
  type Tensor,
  zeros,
} from '../base/index.js'

const names = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  uint64: 'U64',
  int32: 'I32',
  uint32: 'U32',
  int16: 'I16',
  uint16: 'U16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
} as const
type Storable = keyof typeof names

const headerLimit = 100_000_000

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly metadata: Readonly<Record<string, string>>
}

/** Encodes tensors as pieces to be written one after another; tensor bytes are not copied. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const header: Record<string, unknown> = { __metadata__: metadata }
  const pieces: Uint8Array[] = []
  let offset = 0
  for (const [name, tensor] of tensors) {
    const bytes = bytesOf(name, tensor)
    header[name] = {
      dtype: names[tensor.dtype as Storable],
      shape: tensor.shape,
      data_offsets: [offset, offset + bytes.length],
    }
    offset += bytes.length
    pieces.push(bytes)
  }
  const text = Buffer.from(JSON.stringify(header))
  const padded = Buffer.concat([text, Buffer.alloc(-text.length & 7, ' ')])
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(padded.length))
  return [length, padded, ...pieces]
}

function bytesOf(name: string, { dtype, data }: Tensor): Uint8Array {
  if (dtype === 'string' || name === '__metadata__' || Array.isArray(data))
    throw new InternalError(`safetensors cannot hold the ${dtype} tensor ${name}`)
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** Decodes a file; throws DataError naming `where` on anything the format forbids. */
export function decodeSafetensors(bytes: Uint8Array, where = 'safetensors'): Safetensors {
  const fail = (what: string): never => {
    throw new DataError(`${where}: not a sound safetensors file: ${what}.`)
  }
  const { header, start } = readHeader(bytes, fail)
  const { __metadata__: metadata = {}, ...entries } = header
  const tensors = new Map<string, Tensor>()
  let expectedStart = 0
  const sorted = Object.entries(entries).map(
    ([name, entry]) => [name, readEntry(name, entry, fail)] as const,
  )
  for (const [name, { dtype, shape, range }] of sorted.sort(
    (a, b) => a[1].range[0] - b[1].range[0] || a[1].range[1] - b[1].range[1],
  )) {
    if (range[0] !== expectedStart) fail(`${name} does not begin where the tensor before it ends`)
    if (start + range[1] > bytes.length) fail(`it is cut short within ${name}`)
    tensors.set(
      name,
      readTensor(name, dtype, shape, bytes.subarray(start + range[0], start + range[1]), fail),
    )
    expectedStart = range[1]
  }
  if (start + expectedStart !== bytes.length) fail('bytes follow the last tensor')
  return { tensors, metadata: readMetadata(metadata, fail) }
}

type Fail = (what: string) => never

function readHeader(bytes: Uint8Array, fail: Fail) {
  if (bytes.length < 8) fail('shorter than its header')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = Number(view.getBigUint64(0, true))
  if (length > headerLimit || 8 + length > bytes.length) fail(`its header claims ${length} bytes`)
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return { header: header as Record<string, unknown>, start: 8 + length }
  } catch {}
  return fail('its header is no JSON object')
}

const typeNames = new Map<string, Storable>(
  Object.entries(names).map(([dtype, name]) => [name, dtype as Storable]),
)

function readEntry(name: string, entry: unknown, fail: Fail) {
  const { dtype, shape, data_offsets: range } = (entry ?? {}) as Record<string, unknown>
  const whole = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every(n => Number.isSafeInteger(n) && n >= 0)
  const type = typeNames.get(String(dtype)) ?? fail(`${name} has the unknown type ${String(dtype)}`)
  if (!whole(shape)) return fail(`the shape of ${name} is not a list of whole numbers`)
  if (!whole(range) || range.length !== 2 || range[1] < range[0])
    return fail(`the place of ${name} is not [begin, end]`)
  return { dtype: type, shape, range: range as [number, number] }
}

function readTensor(
  name: string,
  dtype: Storable,
  shape: number[],
  bytes: Uint8Array,
  fail: Fail,
): Tensor {
  const width = zeros(dtype, [0]).data.BYTES_PER_ELEMENT
  if (sizeOf(shape) * width !== bytes.length)
    fail(
      `${name} holds ${bytes.length} bytes, but its shape [${shape}] needs ${sizeOf(shape) * width}`,
    )
  const tensor = zeros<Exclude<DataType, 'string'>>(dtype, shape)
  new Uint8Array(tensor.data.buffer).set(bytes)
  return tensor
}

function readMetadata(metadata: unknown, fail: Fail): Record<string, string> {
  const entries = Object.entries((metadata ?? {}) as object)
  if (entries.some(([, value]) => typeof value !== 'string')) fail('its metadata are not all text')
  return Object.fromEntries(entries)
}
