import { DataError, expected } from '../../base/index.js'
import { BitReader } from './bit-reader.js'
import { FlacDamage, type FrameHead, frameHead, readSubframe } from './flac-frame.js'
import type { Sound, SoundHead } from './sound.js'

/** Values of all channels, 128 MB of them: 5 minutes of stereo at 48 kHz are fewer. */
const MAX_VALUES = 2 ** 25
const INFO_BYTES = 34

interface Info extends SoundHead {
  bits: number
  /** Longest frame. */
  most: number
}

/** Rate, channels and length (absent in a stream of unknown length), from the first 42 bytes. */
export function flacHead(bytes: Uint8Array, where: string): SoundHead {
  const { sampleRate, channels, frames } = readInfo(bytes, where)
  return { sampleRate, channels, frames }
}

/**
 * Decodes a FLAC file (RFC 9639) of up to 24 bits and 8 channels, every frame checked by its
 * checksum. Throws DataError naming `where`.
 */
export function parseFlac(bytes: Uint8Array, where: string): Sound {
  const info = readInfo(bytes, where)
  try {
    const { channels, frames } = decodeFrames(bytes, afterMetadata(bytes), info)
    if (info.frames !== undefined && frames !== info.frames)
      throw new FlacDamage(`${frames} samples are there, its head says ${info.frames}`)
    if (!frames) throw new FlacDamage('it holds no samples')
    const scale = 2 ** (1 - info.bits)
    return {
      sampleRate: info.sampleRate,
      channels: info.channels,
      frames,
      at: (frame, channel) => channels[channel][frame] * scale,
    }
  } catch (error) {
    if (!(error instanceof FlacDamage)) throw error
    throw new DataError(`${where}: the FLAC file is cut short or damaged (${error.message}).`)
  }
}

/** The stream's head, which always comes first. */
function readInfo(bytes: Uint8Array, where: string): Info {
  const reader = new BitReader(bytes, 4)
  const type = reader.bits(8) & 127
  if (bytes.length < 8 + INFO_BYTES || type !== 0 || reader.bits(24) < INFO_BYTES)
    throw new DataError(`${where}: the head of the FLAC file is cut short or damaged.`)
  reader.bits(16)
  const most = reader.bits(16)
  reader.bits(32)
  reader.bits(16)
  const sampleRate = reader.bits(20)
  const channels = reader.bits(3) + 1
  const bits = reader.bits(5) + 1
  const frames = reader.bits(4) * 2 ** 32 + reader.bits(32) || undefined
  if (bits > 24)
    throw new DataError(
      expected(
        where,
        'FLAC of at most 24 bits',
        `${bits}`,
        'Convert it: sox in.flac -b 24 out.flac.',
      ),
    )
  if (sampleRate < 1000 || sampleRate > 768_000)
    throw new DataError(expected(where, '1,000 to 768,000 samples a second', sampleRate))
  if ((frames ?? 0) * channels > MAX_VALUES)
    throw new DataError(
      expected(where, `at most ${MAX_VALUES} samples in all channels`, `${frames! * channels}`),
    )
  return { sampleRate, channels, bits, frames, most: most || 65_535 }
}

/** Where the frames begin: after tags, pictures and padding. */
function afterMetadata(bytes: Uint8Array): number {
  let at = 4
  for (let isLast = false; !isLast; ) {
    if (at + 4 > bytes.length) throw new FlacDamage('it ends before its samples')
    isLast = bytes[at] >= 128
    at += 4 + ((bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3])
  }
  return at
}

/** All frames into one array a channel; what follows the last one (a tag) is left. */
function decodeFrames(bytes: Uint8Array, begin: number, info: Info) {
  const channels = Array.from({ length: info.channels }, () => new Growing(info.frames))
  let frames = 0
  for (let at = begin; at < bytes.length && !(frames >= info.frames!); ) {
    const reader = new BitReader(bytes, at)
    const head = frameHead(reader)
    if (head.size > info.most) throw new FlacDamage('a frame is longer than the longest')
    if ((frames + head.size) * info.channels > MAX_VALUES)
      throw new FlacDamage(`more than ${MAX_VALUES} samples in all channels`)
    decodeFrame(reader, head, info, channels)
    frames += head.size
    at = checkedEnd(reader, bytes, at)
  }
  return { channels: channels.map(channel => channel.values), frames }
}

function decodeFrame(reader: BitReader, head: FrameHead, info: Info, channels: Growing[]): void {
  const { size, assignment, bits } = head
  const count = assignment < 8 ? assignment + 1 : 2
  if (count !== info.channels || (bits && bits !== info.bits))
    throw new FlacDamage('a frame is of another form than the first')
  const outs = channels.map(channel => channel.more(size))
  for (let c = 0; c < count; c++) {
    // a difference of two samples needs one bit more
    const isSide = assignment === 9 ? c === 0 : assignment > 7 && c === 1
    readSubframe(reader, info.bits + (isSide ? 1 : 0), outs[c])
  }
  if (assignment > 7) apart(assignment, outs[0], outs[1])
}

/** Left and right from two channels that stand for their mean, difference, or one of them. */
function apart(assignment: number, first: Int32Array, second: Int32Array): void {
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [first[i], second[i]]
    if (assignment === 8) second[i] = a - b
    else if (assignment === 9) first[i] = a + b
    else {
      const middle = 2 * a + (b & 1)
      first[i] = (middle + b) >> 1
      second[i] = (middle - b) >> 1
    }
  }
}

function checkedEnd(reader: BitReader, bytes: Uint8Array, begin: number): number {
  reader.align()
  const end = reader.position
  if (end + 2 > bytes.length) throw new FlacDamage('a frame is cut short')
  if (checksum(bytes, begin, end) !== reader.bits(16))
    throw new FlacDamage('a frame differs from its checksum')
  return end + 2
}

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x8005 : crc << 1
  return crc
})

/** CRC-16 with the polynomial 0x8005. */
function checksum(bytes: Uint8Array, begin: number, end: number): number {
  let crc = 0
  for (let i = begin; i < end; i++) crc = ((crc << 8) & 0xffff) ^ table[(crc >> 8) ^ bytes[i]]
  return crc
}

/** Whole numbers whose count may not be known before. */
class Growing {
  private all: Int32Array
  private used = 0

  constructor(known: number | undefined) {
    this.all = new Int32Array(known ?? 65_536)
  }

  /** Room for so many after the last; a view of it. */
  more(count: number): Int32Array {
    const end = this.used + count
    if (end > this.all.length) {
      const larger = new Int32Array(Math.max(end, this.all.length * 2))
      larger.set(this.all)
      this.all = larger
    }
    const view = this.all.subarray(this.used, end)
    this.used = end
    return view
  }

  get values(): Int32Array {
    return this.all.subarray(0, this.used)
  }
}
