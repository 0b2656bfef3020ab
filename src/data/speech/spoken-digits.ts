import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyOf, Random } from '../../base/index.js'
import { wavFile } from '../codecs/wav-file.js'
import { openFlite, voices } from './flite.js'
import { trimSilence } from './trim.js'

const words = 'zero one two three four five six seven eight nine'.split(' ')

/** The usual pitch of each voice, hertz. */
const pitches = { awb: 115, rms: 90, slt: 175, kal16: 105 } as const

export interface SpokenDigitsOptions {
  /** Times each voice says each digit, by split. */
  readonly takes: Readonly<Record<'train' | 'test', number>>
  readonly seed: number
  readonly onProgress?: (done: number, of: number) => void
  readonly signal?: AbortSignal
}

/**
 * Writes synthetic spoken digits as `{split}/{digit}_{voice}_{number}.wav` (16 kHz, silence cut
 * off): every take has a pace (0.75 to 1.35 of the usual length), a pitch (within 20 %) and a
 * loudness of its own. Throws DataError where the synthesizer is not installed.
 */
export async function writeSpokenDigits(
  folder: string,
  { takes, seed, onProgress, signal }: SpokenDigitsOptions,
): Promise<void> {
  const flite = await openFlite()
  const of = voices.length * words.length * (takes.train + takes.test)
  let done = 0
  try {
    for (const [split, count] of Object.entries(takes)) {
      mkdirSync(join(folder, split), { recursive: true })
      for (const voice of voices)
        for (let take = 0; take < count; take++)
          for (const [digit, text] of words.entries()) {
            signal?.throwIfAborted()
            const name = `${digit}_${voice}_${take}.wav`
            const random = new Random(keyOf(seed, `${split}/${name}`))
            const stretch = round(0.75 + 0.6 * random.float())
            const pitch = round(pitches[voice] * (0.8 + 0.4 * random.float()))
            const heard = trimSilence(await flite.speak({ text, voice, stretch, pitch }))
            const samples = atPeak(heard, 0.2 + 0.7 * random.float())
            writeFileSync(
              join(folder, split, name),
              wavFile(samples, { channels: 1, sampleRate: 16_000 }),
            )
            onProgress?.(++done, of)
          }
    }
  } finally {
    await flite.close()
  }
}

const round = (value: number) => Math.round(value * 100) / 100

function atPeak(samples: Float32Array, peak: number): Float32Array {
  const loudest = samples.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
  return loudest ? samples.map(v => (v * peak) / loudest) : samples
}
