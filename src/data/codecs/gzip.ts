import { createGunzip } from 'node:zlib'
import { DataError } from '../../base/index.js'

const MAX_BYTES = 768 * 2 ** 20

/**
 * The unpacked bytes, at most 768 MiB and as many as the file's last four bytes say, so that no more
 * memory than that is ever held. Throws DataError naming `where`.
 */
export async function readGzip(bytes: Uint8Array, where: string): Promise<Uint8Array> {
  const refused = (reason: string) =>
    new DataError(`${where}: the gzip file cannot be unpacked (${reason}).`)
  const size = bytes.length < 18 ? 0 : Buffer.from(bytes.subarray(-4)).readUInt32LE()
  if (size > MAX_BYTES) throw refused('it says that it holds more than 768 MiB')
  const out = new Uint8Array(size)
  let length = 0
  const gunzip = createGunzip({ chunkSize: 2 ** 18 })
  gunzip.end(bytes)
  try {
    for await (const chunk of gunzip) {
      if (length + chunk.length > size) break
      out.set(chunk, length)
      length += chunk.length
    }
  } catch (error) {
    throw refused((error as Error).message)
  }
  if (!gunzip.readableEnded || length !== size)
    throw refused(`its end says ${size} bytes, and it holds others`)
  return out
}
