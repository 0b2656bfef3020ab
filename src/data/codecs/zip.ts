import { inflateRawSync } from 'node:zlib'
import { crc32, DataError, expected } from '../../base/index.js'
import { printable } from '../sources/folder.js'

const MAX_ENTRIES = 10_000
const MAX_ENTRY_BYTES = 2 ** 31 - 1
/** An entry above this size may not be more than 200 times its packed size. */
const FREE_BYTES = 64 * 2 ** 20
const MAX_RATIO = 200

/** A file in a zip archive, unpacked when it is asked for. */
export interface ZipEntry {
  name: string
  size: number
  /** Unpacks and checks the bytes. Throws DataError. */
  read(): Uint8Array
}

interface EntryRecord {
  name: string
  method: number
  crc: number
  packed: number
  size: number
  offset: number
}

/**
 * The entries of a zip archive, from its central directory; stored or deflated, without
 * encryption. Nothing is written to disk and names are only keys. Throws DataError naming `where`.
 */
export function readZip(bytes: Uint8Array, where: string): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { count, offset } = findDirectory(view, where)
  const entries: ZipEntry[] = []
  let at = offset
  for (let n = 0; n < count; n++) {
    const { record, next } = readRecord(view, bytes, at, where)
    entries.push({
      name: record.name,
      size: record.size,
      read: () => unpack(view, bytes, record, where),
    })
    at = next
  }
  return entries
}

const damaged = (where: string) =>
  new DataError(`${where}: the zip archive is cut short or damaged.`)

/** The end-of-directory record stands in the last 64 KiB. */
function findDirectory(view: DataView, where: string): { count: number; offset: number } {
  const last = view.byteLength - 22
  for (let at = last; at >= Math.max(0, last - 65_535); at--)
    if (view.getUint32(at, true) === 0x06054b50) {
      const count = view.getUint16(at + 10, true)
      const offset = view.getUint32(at + 16, true)
      if (count > MAX_ENTRIES)
        throw new DataError(expected(where, `at most ${MAX_ENTRIES} arrays`, count))
      if (offset > at) throw damaged(where)
      return { count, offset }
    }
  throw new DataError(`${where}: not a zip archive (.npz is one), or cut short.`)
}

function readRecord(
  view: DataView,
  bytes: Uint8Array,
  at: number,
  where: string,
): { record: EntryRecord; next: number } {
  if (at + 46 > view.byteLength || view.getUint32(at, true) !== 0x02014b50) throw damaged(where)
  const nameLength = view.getUint16(at + 28, true)
  const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  if (next > view.byteLength) throw damaged(where)
  if (view.getUint16(at + 8, true) & 1)
    throw new DataError(`${where}: the zip archive is encrypted.`)
  const record: EntryRecord = {
    name: Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString('utf8'),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
  }
  return { record, next }
}

function unpack(view: DataView, bytes: Uint8Array, record: EntryRecord, where: string): Uint8Array {
  const { name, method, crc, packed, size, offset } = record
  const here = `${where}/${printable(name)}`
  if (size > MAX_ENTRY_BYTES || packed > MAX_ENTRY_BYTES)
    throw new DataError(expected(here, 'less than 2 GiB', `${size} bytes`))
  if (size > FREE_BYTES && size > packed * MAX_RATIO)
    throw new DataError(
      expected(
        here,
        `at most ${MAX_RATIO} times its packed size`,
        `${packed} bytes that hold ${size}`,
      ),
    )
  if (offset + 30 > view.byteLength || view.getUint32(offset, true) !== 0x04034b50)
    throw damaged(here)
  const begin = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true)
  if (begin + packed > view.byteLength) throw damaged(here)
  const body = bytes.subarray(begin, begin + packed)
  const unpacked = method === 0 ? body : method === 8 ? inflate(body, size, here) : undefined
  if (!unpacked)
    throw new DataError(expected(here, 'a stored or deflated entry', `zip method ${method}`))
  if (unpacked.length !== size || crc32(unpacked) !== crc) throw damaged(here)
  return unpacked
}

function inflate(body: Uint8Array, size: number, where: string): Uint8Array {
  try {
    return inflateRawSync(body, { maxOutputLength: Math.max(1, size) })
  } catch {
    throw damaged(where)
  }
}
