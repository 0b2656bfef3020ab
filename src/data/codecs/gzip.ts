import { gunzipSync } from 'node:zlib'
import { DataError } from '../../base/index.js'

const MAX_BYTES = 2 ** 30

/** The unpacked bytes, at most 1 GiB. Throws DataError naming `where`. */
export function readGzip(bytes: Uint8Array, where: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ERR_BUFFER_TOO_LARGE' ? 'it holds more than 1 GiB' : message
    throw new DataError(`${where}: the gzip file cannot be unpacked (${reason}).`)
  }
}
