import { extname } from 'node:path'
import { DataError, expected } from '../../base/index.js'
import { flacHead, parseFlac } from './flac.js'
import type { Sound, SoundHead } from './sound.js'
import { parseWav } from './wav.js'

export const audioExtensions: ReadonlySet<string> = new Set(['.wav', '.wave', '.flac'])

export const isAudio = (file: string) => audioExtensions.has(extname(file).toLowerCase())

interface Codec {
  parse(bytes: Uint8Array, where: string): Sound
  /** From the beginning of a file of `fileBytes`. */
  head(bytes: Uint8Array, where: string, fileBytes: number): SoundHead
}

/** By the first four bytes: what a file is called does not count. */
const codecs: Record<string, Codec> = {
  RIFF: { parse: parseWav, head: parseWav },
  fLaC: { parse: parseFlac, head: flacHead },
}

/** Reads a WAV or FLAC file. Throws DataError naming `where`. */
export function parseSound(bytes: Uint8Array, where: string): Sound {
  return codecOf(bytes, where).parse(bytes, where)
}

/** Rate, channels and length of a recording from the beginning of its file. Throws DataError. */
export function soundHead(bytes: Uint8Array, where: string, fileBytes = bytes.length): SoundHead {
  return codecOf(bytes, where).head(bytes, where, fileBytes)
}

function codecOf(bytes: Uint8Array, where: string): Codec {
  const head = String.fromCharCode(...bytes.subarray(0, 4))
  if (Object.hasOwn(codecs, head)) return codecs[head]
  throw new DataError(
    expected(
      where,
      'a WAV (RIFF) or FLAC recording',
      received(head, bytes),
      'Convert it: sox in.mp3 out.wav.',
    ),
  )
}

const others: Record<string, string> = {
  OggS: 'an Ogg file (Vorbis or Opus)',
  RIFX: 'a big-endian RIFX file',
  RF64: 'an RF64 file',
  FORM: 'an AIFF file',
}

function received(head: string, bytes: Uint8Array): string {
  if (bytes.length >= 12 && Object.hasOwn(others, head)) return others[head]
  if (head.startsWith('ID3') || (bytes[0] === 0xff && bytes[1] >= 0xe0)) return 'an MP3 file'
  return bytes.length < 12 ? `${bytes.length} bytes` : 'other bytes'
}
