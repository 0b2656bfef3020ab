import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeAudio, readRecording } from './audio.js'
import { resample } from './resample.js'
import { parseSound } from './sound-formats.js'
import { parseWav } from './wav.js'

const folder = resolve(import.meta.dirname, '../../../test/golden/data/wav')
const wavs = readdirSync(folder).filter(name => /^[^r].*\.wav$/.test(name) && name !== 'band.wav')

function readFloats(name: string, bytes: 4 | 8): Float32Array | Float64Array {
  const file = Uint8Array.from(readFileSync(join(folder, name)))
  return bytes === 4 ? new Float32Array(file.buffer) : new Float64Array(file.buffer)
}

describe('WAV files that sox wrote', () => {
  it.each(wavs)('%s reads as sox reads it', name => {
    const wav = parseWav(readFileSync(join(folder, name)), name)
    const sox = readFloats(name.replace('.wav', '.f64'), 8)
    expect(wav.sampleRate).toBe(8000)
    expect(wav.frames).toBe(sox.length)
    // sox works in 32-bit whole numbers
    for (let frame = 0; frame < wav.frames; frame++) {
      const mono = (wav.at(frame, 0) + wav.at(frame, wav.channels - 1)) / 2
      expect(Math.abs(mono - sox[frame])).toBeLessThan(2 ** -29)
    }
  })

  it('keeps the channels apart when asked to', () => {
    const sox = readFloats('stereo-both.f64', 8)
    const out = new Float32Array(800)
    const bytes = readFileSync(join(folder, 'stereo.wav'))
    decodeAudio(
      bytes,
      { kind: 'audio', channels: 2, sampleRate: 8000, samples: 400 },
      out,
      'stereo',
    )
    for (let frame = 0; frame < 400; frame++)
      for (let channel = 0; channel < 2; channel++)
        expect(out[channel * 400 + frame]).toBeCloseTo(sox[frame * 2 + channel], 6)
  })

  it('cuts what is too long, pads what is too short, and says what it cannot read', () => {
    const bytes = readFileSync(join(folder, 'pcm16.wav'))
    const read = (samples: number) => {
      const out = new Float32Array(samples).fill(9)
      decodeAudio(bytes, { kind: 'audio', channels: 1, sampleRate: 8000, samples }, out, 'pcm16')
      return out
    }
    expect(read(500).slice(0, 400)).toEqual(read(400))
    expect(read(500).slice(400)).toEqual(new Float32Array(100))
    expect(read(100)).toEqual(read(400).slice(0, 100))
    const parse = (name: string) => () => parseWav(readFileSync(join(folder, name)), name)
    expect(parse('refused-adpcm.wav')).toThrow(
      /expected WAV samples of PCM.*format 2 with 4 bits.*sox/,
    )
    expect(() => parseWav(bytes.subarray(0, 600), 'cut')).toThrow(
      /cut: expected 800 bytes of samples.*cut short/,
    )
    const nan = Uint8Array.from(readFileSync(join(folder, 'float32.wav')))
    nan.set([0, 0, 0xc0, 0x7f], nan.length - 8)
    expect(() =>
      decodeAudio(
        nan,
        { kind: 'audio', channels: 1, sampleRate: 8000, samples: 400 },
        new Float32Array(400),
        'nan',
      ),
    ).toThrow(/nan: expected finite samples, received "NaN in frame 398"/)
  })
})

describe('a recording on its own', () => {
  it('comes whole, mono, at its rate or another', async () => {
    const stereo = join(folder, 'stereo.wav')
    expect((await readRecording(stereo)).samples.length).toBe(400)
    expect(await readRecording(stereo, 16000)).toMatchObject({
      sampleRate: 16000,
      samples: { length: 800 },
    })
    await expect(readRecording(join(folder, 'gone.wav'))).rejects.toThrow(
      /gone\.wav: the file cannot be read/,
    )
    const flac = await readRecording(join(folder, '../flac/best.flac'), 16000)
    expect(flac).toMatchObject({ sampleRate: 16000, samples: { length: 1600 } })
  })

  it('of a kind that is not read is named, with what to do', () => {
    const refused: [string, RegExp][] = [
      [
        'OggS and 8 more',
        /received "an Ogg file \(Vorbis or Opus\)"\. Convert it: sox in\.mp3 out\.wav/,
      ],
      ['ID3 and what follows', /received "an MP3 file"/],
      ['\xff\xfb\x90d and more', /received "an MP3 file"/],
      ['FORM', /received "4 bytes"/],
      ['FORM and 8 more', /received "an AIFF file"/],
      ['constructor', /received "11 bytes"/],
    ]
    for (const [text, message] of refused)
      expect(() => parseSound(Buffer.from(text, 'latin1'), 'x.mp3')).toThrow(message)
  })
})

describe('resampling', () => {
  it.each([8000, 22050])('agrees with sox on band-limited noise, 16000 to %i', rate => {
    const sox = readFloats(`band-${rate}.f32`, 4)
    const out = new Float32Array(sox.length)
    const bytes = readFileSync(join(folder, 'band.wav'))
    decodeAudio(
      bytes,
      { kind: 'audio', channels: 1, sampleRate: rate, samples: out.length },
      out,
      'band',
    )
    let error = 0
    let power = 0
    for (let i = 200; i < out.length - 200; i++) {
      error += (out[i] - sox[i]) ** 2
      power += sox[i] ** 2
    }
    expect(10 * Math.log10(power / error)).toBeGreaterThan(60)
  })

  it.each([
    [16000, 8000],
    [8000, 16000],
    [44100, 16000],
    [48000, 44100],
  ])('keeps a tone below and stops a tone above the band, %i to %i', (from, to) => {
    const tone = (frequency: number, rate: number, length: number) =>
      Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / rate))
    const nyquist = Math.min(from, to) / 2
    const length = Math.floor(to / 4)
    const low = new Float32Array(length)
    resample(tone(nyquist * 0.8, from, from / 4), from, to, low)
    const wanted = tone(nyquist * 0.8, to, length)
    const edge = 500
    for (let i = edge; i < length - edge; i++)
      expect(Math.abs(low[i] - wanted[i])).toBeLessThan(1e-4)
    if (from <= to) return
    const high = new Float32Array(length)
    resample(tone(nyquist * 1.05, from, from / 4), from, to, high)
    for (let i = edge; i < length - edge; i++) expect(Math.abs(high[i])).toBeLessThan(1e-3)
  })
})
