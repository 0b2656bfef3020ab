import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSampleFile, wavFile } from '../data/index.js'
import { previewNoise } from './index.js'

let folder: string
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'temper-preview-'))
  const pixels = Uint8Array.from({ length: 40 * 24 * 3 }, (_, i) => (i * 37 + (i >> 5) * 11) % 256)
  await sharp(pixels, { raw: { width: 40, height: 24, channels: 3 } }).toFile(at('wide.png'))
  await sharp(pixels.subarray(0, 960), { raw: { width: 40, height: 24, channels: 1 } })
    .png()
    .toFile(at('grey.png'))
  const tone = Float32Array.from({ length: 8000 }, (_, i) => 0.3 * Math.sin(i * 0.2))
  const stereo = new Float32Array(16000)
  stereo.set(tone)
  stereo.set(
    tone.map(v => v / 3),
    8000,
  )
  const rate = { sampleRate: 8000 }
  writeFileSync(at('tone.wav'), wavFile(tone, { channels: 1, ...rate }))
  writeFileSync(at('stereo.wav'), wavFile(stereo, { channels: 2, ...rate }))
  writeFileSync(at('silence.wav'), wavFile(new Float32Array(4000), { channels: 1, ...rate }))
  mkdirSync(at('quiet'))
  writeFileSync(at('quiet/one.wav'), wavFile(new Float32Array(400), { channels: 1, ...rate }))
  mkdirSync(at('words'))
  writeFileSync(at('words/readme.txt'), 'no sound')
})
afterAll(() => rmSync(folder, { recursive: true }))

/** 10 log10 of the powers of a waveform and of what was added to it. */
function snrOf(clean: Float32Array, noisy: Float32Array): number {
  let [signal, noise] = [0, 0]
  for (let i = 0; i < clean.length; i++) {
    signal += clean[i] ** 2
    noise += (noisy[i] - clean[i]) ** 2
  }
  return 10 * Math.log10(signal / noise)
}

describe('a noise on one recording', () => {
  it.each(['tone.wav', 'stereo.wav'])(
    '%s has the ratio asked for in the file written',
    async name => {
      for (const [kind, snr] of [
        ['white', 20],
        ['pink', 3],
        ['hum', 10],
      ] as const) {
        const out = at(`noisy-${kind}.wav`)
        await previewNoise({ file: at(name), kinds: [kind], set: { snr: [snr] }, out })
        const clean = await readSampleFile(at(name))
        const noisy = await readSampleFile(out)
        expect(noisy.shape).toEqual(clean.shape)
        expect(Math.abs(snrOf(clean.samples, noisy.samples) - snr)).toBeLessThan(0.1)
      }
    },
  )

  it('writes the bits again for the same seed, others for another', async () => {
    const bytes = async (seed: number) => {
      const out = at(`seed-${seed}.wav`)
      await previewNoise({ file: at('tone.wav'), kinds: ['white'], out, seed })
      return readFile(out)
    }
    expect((await bytes(3)).equals(await bytes(3))).toBe(true)
    expect((await bytes(3)).equals(await bytes(4))).toBe(false)
  })

  it('makes a sound a level and one picture of a grid', async () => {
    const options = { file: at('tone.wav'), kinds: ['white'], grid: true, out: at('grid.wav') }
    const { files, levels } = await previewNoise(options)
    expect(levels.map(({ level }) => level.snr)).toEqual([30, 20, 10, 0])
    for (const { change, level } of levels) expect(change.snrDb).toBeCloseTo(level.snr, 1)
    expect(files.length).toBe(5)
    const { width = 0, height = 0 } = await sharp(files.at(-1)).metadata()
    expect([width > 1200, height > 400]).toEqual([true, true])
  })

  it('says what is silent, and what holds no sound', async () => {
    const out = at('never.wav')
    const run = (file: string, kind: string, sources?: string[]) =>
      expect(previewNoise({ file: at(file), kinds: [kind], sources, out })).rejects
    await run('silence.wav', 'white').toThrow(/silence.wav: No signal-to-noise ratio .* silent\.$/)
    await run('tone.wav', 'background').toThrow(/say where they are with --sources/)
    await run('tone.wav', 'background', [at('words')]).toThrow(/words: expected recordings .*txt/)
    await run('tone.wav', 'background', [at('quiet')]).toThrow(/received "only silence"/)
    await run('tone.wav', 'background', [at('none')]).toThrow(/there is no such file or folder/)
    await run('tone.wav', 'white', [at('quiet')]).toThrow(/white draws from no recordings/)
  })
})

describe('a noise on one picture', () => {
  it('writes the very pixels that were measured', async () => {
    const out = at('noisy.png')
    const { levels } = await previewNoise({ file: at('wide.png'), kinds: ['shot_noise'], out })
    const [clean, noisy] = [await readSampleFile(at('wide.png')), await readSampleFile(out)]
    expect(noisy.shape).toEqual([3, 24, 40])
    expect(levels[0]).toMatchObject({ severity: 3, preset: 'cifar-c' })
    expect(snrOf(clean.samples, noisy.samples)).toBeCloseTo(levels[0].change.snrDb as number, 1)
  })

  it('shows every corruption of a suite at the severities asked for, on grey too', async () => {
    const options = { kinds: ['cifar-c'], severities: [1, 5], grid: true, out: at('sheet.png') }
    for (const name of ['wide.png', 'grey.png']) {
      const { levels, notes } = await previewNoise({ file: at(name), ...options })
      expect(levels.length).toBe(38)
      // Less saturation is nothing to a grey picture.
      const still = name === 'grey.png' ? ['saturate'] : []
      expect(levels.filter(l => l.change.changed === 0).map(l => l.kind)).toEqual(still)
      expect(notes.length).toBe(still.length)
    }
  })

  it('says that a noise changed nothing', async () => {
    const options = { file: at('wide.png'), kinds: ['gaussian'], set: { sigma: [0] } }
    const { notes, levels } = await previewNoise({ ...options, out: at('same.png') })
    expect(notes).toEqual(['gaussian at sigma 0 changed nothing in this file.'])
    expect(levels[0].change).toMatchObject({ snrDb: null, changed: 0, deviation: 0 })
  })

  it('refuses what does not fit, with a sentence', async () => {
    const run = (options: object) =>
      expect(previewNoise({ file: at('wide.png'), kinds: ['blur'], out: at('x.png'), ...options }))
        .rejects
    await run({ kinds: ['gausian'] }).toThrow(/received "gausian". Did you mean gaussian/)
    await run({ kinds: ['pink'] }).toThrow(/a noise for pictures.*received "pink". It is for sound/)
    await run({ kinds: ['mixup'] }).toThrow(/It exists at mix/)
    await run({ set: { sgma: [1] } }).toThrow(/received "sgma". Did you mean sigma\?/)
    await run({ severities: [2] }).toThrow(/blur has no published severities/)
    await run({ set: { sigma: [1, 2] } }).toThrow(/need --grid/)
    await run({ grid: true, out: at('x.jpg') }).toThrow(/a contact sheet \(\.png\)/)
    await run({ out: at('wide.png') }).toThrow(/another file than the one read/)
    await run({ file: at('words/readme.txt') }).toThrow(/RIFF/)
  })
})
