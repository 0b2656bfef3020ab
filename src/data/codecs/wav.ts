import { DataError, expected } from '../../base/index.js'
import type { Sound } from './sound.js'

const PCM = 1
const FLOAT = 3
const A_LAW = 6
const MU_LAW = 7
const EXTENSIBLE = 0xfffe
const MAX_CHANNELS = 64
/** sox writes 0x7ffff000 and a little more, ffmpeg all ones. */
const UNKNOWN_SIZE = 0x7ffff000

/**
 * Reads RIFF/WAVE: PCM of 8 (unsigned), 16, 24 and 32 bits, float of 32 and 64, A-law, mu-law, and
 * the extensible form of each. Sizes are checked against the file; those that writers to a pipe put
 * in when they did not know the length mean all that follows. `bytes` may be the beginning of a
 * file of `fileBytes`, for its head alone. Throws DataError naming `where`.
 */
export function parseWav(bytes: Uint8Array, where: string, fileBytes = bytes.length): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12 || text(bytes, 0) !== 'RIFF' || text(bytes, 8) !== 'WAVE')
    throw new DataError(expected(where, 'a RIFF/WAVE file', 'another RIFF file, or a part of one'))
  let format: WavFormat | undefined
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = text(bytes, at)
    const size = view.getUint32(at + 4, true)
    const body = at + 8
    if (id === 'fmt ') format = parseFormat(view, body, size, where)
    if (id === 'data') {
      if (!format) throw new DataError(`${where}: the WAV file has samples before their format.`)
      return samplesOf(view, { body, size, fileBytes }, format, where)
    }
    at = body + size + (size % 2)
  }
  throw new DataError(`${where}: the WAV file holds no samples (it has no data chunk).`)
}

const text = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4))

interface WavFormat {
  tag: number
  bits: number
  channels: number
  sampleRate: number
}

function parseFormat(view: DataView, at: number, size: number, where: string): WavFormat {
  if (size < 16 || at + size > view.byteLength)
    throw new DataError(`${where}: the WAV file's format chunk is cut short.`)
  const channels = view.getUint16(at + 2, true)
  const sampleRate = view.getUint32(at + 4, true)
  const align = view.getUint16(at + 12, true)
  const bits = view.getUint16(at + 14, true)
  let tag = view.getUint16(at, true)
  // the extensible form's sub-format is a GUID that begins with the plain tag
  if (tag === EXTENSIBLE && size >= 40) tag = view.getUint16(at + 24, true)
  if (!readers[`${tag}/${bits}`])
    throw new DataError(
      expected(
        where,
        'WAV samples of PCM 8 to 32 bits, float 32 or 64, A-law or mu-law',
        `format ${tag} with ${bits} bits`,
        'Convert it, for instance with: sox in.wav -b 16 out.wav.',
      ),
    )
  if (channels < 1 || channels > MAX_CHANNELS)
    throw new DataError(expected(where, `1 to ${MAX_CHANNELS} channels`, channels))
  if (align !== (channels * bits) / 8)
    throw new DataError(
      expected(where, `frames of ${(channels * bits) / 8} bytes`, `${align} in the WAV head`),
    )
  if (sampleRate < 1000 || sampleRate > 768_000)
    throw new DataError(expected(where, '1,000 to 768,000 samples a second', sampleRate))
  return { tag, bits, channels, sampleRate }
}

type Reader = (view: DataView, at: number) => number

const readers: Record<string, Reader> = {
  [`${PCM}/8`]: (view, at) => (view.getUint8(at) - 128) / 128,
  [`${PCM}/16`]: (view, at) => view.getInt16(at, true) / 0x8000,
  [`${PCM}/24`]: (view, at) =>
    (view.getUint16(at, true) + view.getInt8(at + 2) * 0x10000) / 0x800000,
  [`${PCM}/32`]: (view, at) => view.getInt32(at, true) / 0x80000000,
  [`${FLOAT}/32`]: (view, at) => view.getFloat32(at, true),
  [`${FLOAT}/64`]: (view, at) => view.getFloat64(at, true),
  [`${A_LAW}/8`]: (view, at) => aLaw(view.getUint8(at)) / 0x8000,
  [`${MU_LAW}/8`]: (view, at) => muLaw(view.getUint8(at)) / 0x8000,
}

/** ITU-T G.711, A-law to 16-bit linear. */
function aLaw(code: number): number {
  const bits = code ^ 0x55
  const exponent = (bits >> 4) & 7
  const mantissa = ((bits & 15) << 4) + 8
  const value = exponent ? (mantissa + 0x100) << (exponent - 1) : mantissa
  return bits & 0x80 ? value : -value
}

/** ITU-T G.711, mu-law to 16-bit linear. */
function muLaw(code: number): number {
  const bits = ~code
  const value = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84
  return bits & 0x80 ? -value : value
}

interface DataChunk {
  body: number
  size: number
  fileBytes: number
}

function samplesOf(view: DataView, data: DataChunk, format: WavFormat, where: string): Sound {
  const { tag, bits, channels, sampleRate } = format
  const { body, size, fileBytes } = data
  const there = fileBytes - body
  const riff = view.getUint32(4, true)
  const unknown = size >= UNKNOWN_SIZE || (size === 0 && (riff === 0 || riff >= UNKNOWN_SIZE))
  if (!unknown && size > there)
    throw new DataError(
      expected(
        where,
        `${size} bytes of samples, as its head says`,
        `${there}`,
        'The WAV file is cut short.',
      ),
    )
  const frame = (channels * bits) / 8
  const frames = Math.floor((unknown ? there : size) / frame)
  if (!frames) throw new DataError(`${where}: the WAV file holds no samples.`)
  const read = readers[`${tag}/${bits}`]
  return {
    sampleRate,
    channels,
    frames,
    at: (n, channel) => read(view, body + n * frame + (channel * bits) / 8),
  }
}
