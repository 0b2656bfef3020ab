import { realpath } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { DataError, expected } from '../../base/index.js'
import { readSample } from '../sources/folder.js'
import { resample } from './resample.js'
import type { Sound } from './sound.js'
import { parseSound } from './sound-formats.js'

/** No recording may be longer. */
const MAX_SECONDS = 600

/** How recordings become one shape `[channels, samples]`. */
export interface AudioDecoding {
  kind: 'audio'
  channels: number
  sampleRate: number
  /** Samples of the result: a longer recording is cut at its end, a shorter one followed by silence. */
  samples: number
}

/**
 * Decodes a WAV or FLAC file into `out`, `[channels, samples]`: one channel is the mean of all, another
 * rate is resampled without aliasing. Throws DataError naming `where`.
 */
export function decodeAudio(
  bytes: Uint8Array,
  decoding: AudioDecoding,
  out: Float32Array,
  where: string,
): void {
  const sound = parseSound(bytes, where)
  const { channels, sampleRate, samples } = decoding
  if (channels !== 1 && channels !== sound.channels)
    throw new DataError(
      expected(
        where,
        `${channels} channels like the others`,
        sound.channels,
        'Say `channels: 1` in --preprocess to mix them.',
      ),
    )
  if (sound.frames > MAX_SECONDS * sound.sampleRate)
    throw new DataError(
      expected(
        where,
        `at most ${MAX_SECONDS} seconds`,
        `${(sound.frames / sound.sampleRate).toFixed(0)} seconds`,
      ),
    )
  const ratio = sampleRate / sound.sampleRate
  for (let channel = 0; channel < channels; channel++) {
    const target = out.subarray(channel * samples, (channel + 1) * samples)
    if (ratio === 1) {
      const used = Math.min(sound.frames, samples)
      readChannel(sound, channels === 1 ? undefined : channel, target.subarray(0, used), where)
      target.fill(0, used)
    } else {
      const wave = new Float32Array(sound.frames)
      readChannel(sound, channels === 1 ? undefined : channel, wave, where)
      const used = Math.min(samples, Math.ceil(sound.frames * ratio))
      resample(wave, sound.sampleRate, sampleRate, target.subarray(0, used))
      target.fill(0, used)
    }
  }
}

/**
 * A whole file as one channel in [-1,1], at its own rate or the one asked for: for background
 * noises and room responses. Throws DataError.
 */
export async function readRecording(
  path: string,
  sampleRate?: number,
): Promise<{ samples: Float32Array; sampleRate: number }> {
  const bytes = await readSample(
    await realpath(dirname(path)).catch(() => dirname(path)),
    basename(path),
  )
  const sound = parseSound(bytes, path)
  const rate = sampleRate ?? sound.sampleRate
  const samples = new Float32Array(Math.ceil((sound.frames * rate) / sound.sampleRate))
  decodeAudio(
    bytes,
    { kind: 'audio', channels: 1, sampleRate: rate, samples: samples.length },
    samples,
    path,
  )
  return { samples, sampleRate: rate }
}

/** One channel, or the mean of all. */
function readChannel(
  sound: Sound,
  channel: number | undefined,
  out: Float32Array,
  where: string,
): void {
  const { channels, at } = sound
  for (let frame = 0; frame < out.length; frame++) {
    let value = 0
    if (channel !== undefined) value = at(frame, channel)
    else {
      for (let c = 0; c < channels; c++) value += at(frame, c)
      value /= channels
    }
    if (!Number.isFinite(Math.fround(value)))
      throw new DataError(expected(where, 'finite samples', `${value} in frame ${frame}`))
    out[frame] = value
  }
}
