import { DataError, expected, float16ToNumber, sizeOf } from '../../base/index.js'
import { printable } from '../sources/folder.js'

/** A numpy array in row-major order and this machine's byte order. */
export interface NpyArray {
  shape: number[]
  /** `u1` and `b1` stay bytes; other numbers become float32, integers being kept exactly in `exact`. */
  values: Uint8Array | Float32Array
  /** Whether the file's type is whole numbers, floats or text. */
  type: 'bytes' | 'integers' | 'floats' | 'text'
  /** Values as exact numbers, for labels and targets. */
  exact(index: number): number
  /** Values as text, for class names. */
  text(index: number): string
}

interface Header {
  littleEndian: boolean
  code: string
  itemBytes: number
  fortran: boolean
  shape: number[]
  /** Where the values begin. */
  body: number
}

const MAX_HEADER_BYTES = 65_536
const MAX_AXES = 32

/**
 * Reads a .npy file, format 1.0 to 3.0: f2 f4 f8, i1 to i8, u1 to u8, b1, and text (S, U), in
 * either byte order, in C or Fortran order. Objects (pickle) and records are refused. Throws
 * DataError naming `where`.
 */
export function parseNpy(bytes: Uint8Array, where: string): NpyArray {
  const header = parseHeader(bytes, where)
  const { code, itemBytes, shape, body } = header
  const count = sizeOf(shape)
  if (count * itemBytes !== bytes.length - body)
    throw new DataError(
      expected(
        where,
        `${count * itemBytes} bytes of values for the shape [${shape.join(', ')}]`,
        `${bytes.length - body}`,
        'The file is cut short or damaged.',
      ),
    )
  const view = new DataView(bytes.buffer, bytes.byteOffset + body, bytes.length - body)
  const at = header.fortran && shape.length > 1 ? rowMajor(shape) : (index: number) => index
  const isText = code === 'S' || code === 'U'
  const read = isText ? undefined : readers[`${code}${itemBytes}`]
  const exact = (index: number) =>
    read ? read(view, at(index) * itemBytes, header.littleEndian) : Number.NaN
  const isBytes = code === 'b' || (code === 'u' && itemBytes === 1)
  return {
    shape,
    type: isText ? 'text' : isBytes ? 'bytes' : code === 'f' ? 'floats' : 'integers',
    values: valuesOf(bytes.subarray(body), { ...header, isBytes, isText, count }, exact, at),
    exact,
    text: index => (isText ? textAt(view, at(index) * itemBytes, header) : String(exact(index))),
  }
}

function valuesOf(
  body: Uint8Array,
  {
    isBytes,
    isText,
    count,
    fortran,
    code,
    itemBytes,
    littleEndian,
  }: Header & { isBytes: boolean; isText: boolean; count: number },
  exact: (index: number) => number,
  at: (index: number) => number,
): Uint8Array | Float32Array {
  if (isText) return new Uint8Array(0)
  if (isBytes && !fortran) return body
  if (isBytes) return Uint8Array.from({ length: count }, (_, index) => body[at(index)])
  // the common case without a call a value; the copy aligns
  if (code === 'f' && itemBytes === 4 && littleEndian && !fortran)
    return new Float32Array(new Uint8Array(body).buffer)
  const values = new Float32Array(count)
  for (let index = 0; index < count; index++) values[index] = exact(index)
  return values
}

type Read = (view: DataView, at: number, littleEndian: boolean) => number

const readers: Record<string, Read> = {
  b1: (view, at) => view.getUint8(at),
  u1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  i2: (view, at, little) => view.getInt16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  f2: (view, at, little) => float16ToNumber(view.getUint16(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
}

/** Text without the zeros it is padded with: S is bytes, U is 32-bit code points. */
function textAt(view: DataView, start: number, { code, itemBytes, littleEndian }: Header): string {
  let text = ''
  const step = code === 'U' ? 4 : 1
  for (let at = start; at < start + itemBytes; at += step) {
    const point = code === 'U' ? view.getUint32(at, littleEndian) : view.getUint8(at)
    if (point === 0 || point > 0x10ffff) break
    text += String.fromCodePoint(point)
  }
  return text
}

/** From an index in row-major order to the place in column-major order. */
function rowMajor(shape: readonly number[]): (index: number) => number {
  return index => {
    let rest = index
    let place = 0
    let stride = sizeOf(shape)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      stride /= shape[axis]
      place += (rest % shape[axis]) * stride
      rest = Math.floor(rest / shape[axis])
    }
    return place
  }
}

function parseHeader(bytes: Uint8Array, where: string): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte))
    throw new DataError(`${where}: not a numpy array (.npy).`)
  const long = bytes[6] >= 2
  const length = long ? view.getUint32(8, true) : view.getUint16(8, true)
  const begin = long ? 12 : 10
  if (bytes[6] < 1 || bytes[6] > 3 || length > MAX_HEADER_BYTES || begin + length > bytes.length)
    throw new DataError(`${where}: the head of the numpy array is damaged.`)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + begin, length).toString('latin1')
  return { ...parseDictionary(text, where), body: begin + length }
}

/** The head is a Python dictionary of three keys, always written the same way. */
function parseDictionary(text: string, where: string): Omit<Header, 'body'> {
  const type = /'descr':\s*'([<>|=])([a-zA-Z])(\d*)'/.exec(text)
  const fortran = /'fortran_order':\s*(True|False)/.exec(text)
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text)
  if (/'descr':\s*('[|<>=]?O|\[)/.test(text))
    throw new DataError(
      `${where}: the numpy array holds Python objects or records, which are not read (a pickle runs code). ` +
        'Save it as plain numbers: np.savez(file, x=np.stack(x), y=y).',
    )
  if (!type || !fortran || !shape)
    throw new DataError(`${where}: the head of the numpy array is damaged.`)
  const sizes = shape[1]
    .split(',')
    .map(part => part.trim())
    .filter(Boolean)
    .map(Number)
  if (sizes.length > MAX_AXES || !Number.isSafeInteger(sizeOf(sizes)))
    throw new DataError(expected(where, 'a shape that fits in memory', `(${printable(shape[1])})`))
  const [, order, code, size] = type
  const itemBytes = (code === 'U' ? 4 : 1) * Number(size || 0)
  const isText = code === 'S' || code === 'U'
  if (isText ? itemBytes > 4096 : !readers[`${code}${itemBytes}`])
    throw new DataError(
      expected(
        where,
        'numbers (f2 to f8, i1 to i8, u1 to u8, b1)',
        `numpy type ${order}${code}${size}`,
        'Save it as plain numbers.',
      ),
    )
  return {
    littleEndian: order !== '>',
    code,
    itemBytes,
    fortran: fortran[1] === 'True',
    shape: sizes,
  }
}
