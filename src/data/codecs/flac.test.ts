import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeAudio } from './audio.js'
import { flacHead, parseFlac } from './flac.js'

const folder = resolve(import.meta.dirname, '../../../test/golden/data/flac')
const names = readdirSync(folder)
  .filter(name => name.endsWith('.flac'))
  .map(name => name.replace('.flac', ''))
const bytesOf = (name: string) => Uint8Array.from(readFileSync(join(folder, `${name}.flac`)))

/** What flac itself decodes, interleaved whole numbers. */
function decodedByFlac(name: string, bits: number): number[] {
  const raw = readFileSync(join(folder, `${name}.raw`))
  const width = bits / 8
  return Array.from({ length: raw.length / width }, (_, i) => raw.readIntLE(i * width, width))
}

const formats: Record<string, [bits: number, channels: number, rate: number]> = {
  eight: [8, 1, 11025],
  stereo: [24, 2, 44100],
  'mid-side': [24, 2, 44100],
  wasted: [24, 1, 8000],
}

describe('FLAC files that flac wrote', () => {
  it.each(names)('%s: every sample as flac decodes it', name => {
    const [bits, channels, sampleRate] = formats[name] ?? [16, 1, 8000]
    const sound = parseFlac(bytesOf(name), name)
    const wanted = decodedByFlac(name, bits)
    expect(sound).toMatchObject({ channels, sampleRate, frames: wanted.length / channels })
    const found = wanted.map(
      (_, i) => sound.at(Math.floor(i / channels), i % channels) * 2 ** (bits - 1),
    )
    expect(found).toEqual(wanted)
  })

  it('the head alone says rate and channels, and the length unless it was piped', () => {
    expect(flacHead(bytesOf('mid-side').subarray(0, 42), 'x')).toEqual({
      sampleRate: 44100,
      channels: 2,
      frames: 1323,
    })
    expect(flacHead(bytesOf('piped').subarray(0, 42), 'x').frames).toBeUndefined()
  })

  it('becomes a sample like any other: mono, another rate, cut and padded', () => {
    const out = new Float32Array(2000)
    const decoding = { kind: 'audio' as const, channels: 1, sampleRate: 16000, samples: 2000 }
    decodeAudio(bytesOf('best'), decoding, out, 'best')
    expect(out.slice(1600)).toEqual(new Float32Array(400))
    expect(out.slice(0, 1600).some(value => Math.abs(value) > 0.05)).toBe(true)
  })
})

describe('FLAC files that are damaged', () => {
  const damage = (name: string, change: (bytes: Uint8Array) => Uint8Array) => () =>
    parseFlac(change(bytesOf(name)), 'x.flac')

  it('a changed, missing or added byte anywhere among the samples is found', () => {
    const whole = bytesOf('fixed')
    for (let at = whole.length - 1300; at < whole.length; at += 7) {
      const changed = Uint8Array.from(whole)
      changed[at] ^= 0x10
      expect(damage('fixed', () => changed)).toThrow(/^x\.flac: the FLAC file is cut short or dam/)
      expect(damage('fixed', bytes => bytes.subarray(0, at))).toThrow(/cut short or damaged/)
    }
  })

  it('a length, depth or rate nobody has is refused by the head', () => {
    const set = (at: number, ...values: number[]) =>
      damage('best', bytes => {
        bytes.set(values, at)
        return bytes
      })
    expect(set(21, 0x7f, 0xff, 0xff, 0xff)).toThrow(/at most 33554432 samples in all channels/)
    expect(set(18, 0, 0, 0)).toThrow(/expected 1,000 to 768,000 samples a second, received 0/)
    expect(set(20, 0x41, 0xf0)).toThrow(/expected FLAC of at most 24 bits, received "32"/)
    expect(set(4, 1)).toThrow(/the head of the FLAC file is cut short or damaged/)
  })

  it('a length of 30 million in a file of 1 kB ends at once', () => {
    expect(
      damage('best', bytes => {
        bytes.set([0x01, 0xc0, 0x00, 0x00], 22)
        return bytes
      }),
    ).toThrow(/800 samples are there, its head says/)
  })
})
