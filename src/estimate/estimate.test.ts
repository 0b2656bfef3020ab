import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyOf, Random } from '../base/index.js'
import { readRecording, readSampleFile, wavFile } from '../data/index.js'
import { noiseOf } from '../noise/index.js'
import { blurOf, estimateNoise, measureSound, noiseOfImage } from './index.js'

const [height, width] = [192, 208]
const shape = [3, height, width]
const size = height * width

/** Discs of even colour with sharp edges on a soft slope: a scene whose noise and blur are known. */
function scene(seed: number): Float32Array {
  const random = new Random(keyOf(seed, 'scene'))
  const x = new Float32Array(3 * size)
  for (let i = 0; i < x.length; i++) x[i] = 0.35 + (0.3 * (i % width)) / width
  for (let disc = 0; disc < 14; disc++) {
    const [cy, cx] = [random.below(height), random.below(width)]
    const radius = 12 + random.below(40)
    const colour = [0, 1, 2].map(() => 0.15 + 0.7 * random.float())
    for (let y = 0; y < height; y++)
      for (let c = 0; c < 3; c++)
        for (let k = 0; k < width; k++) {
          const cover = Math.min(1, Math.max(0, radius - Math.hypot(y - cy, k - cx) + 0.5))
          const i = c * size + y * width + k
          x[i] += cover * (colour[c] - x[i])
        }
  }
  return x
}

function noisy(x: Float32Array, kind: string, level: Record<string, number>): Float32Array {
  const out = new Float32Array(x.length)
  noiseOf('input', kind).apply(x, out, level, keyOf(3, kind), { shape, clip: [0, 1] })
  return out.map(value => Math.round(value * 255) / 255)
}

describe('the noise of a picture', () => {
  it.each([0.01, 0.03, 0.1, 0.2])(
    'of standard deviation %s is got back within an eighth',
    sigma => {
      for (const seed of [1, 2]) {
        const found = noiseOfImage(noisy(scene(seed), 'gaussian', { sigma }), shape) as number
        expect(Math.abs(found / sigma - 1)).toBeLessThan(0.12)
      }
    },
  )

  it('of a clean one is below a step of a byte, of a tiny one unknown', () => {
    expect(noiseOfImage(scene(1), shape)).toBeLessThan(1 / 255)
    expect(noiseOfImage(new Float32Array(64), [1, 8, 8])).toBeUndefined()
  })
})

describe('the blur of a picture', () => {
  it.each([1, 1.5, 2.5])(
    'of %s pixels is got back within a fifth, under light noise too where it is small',
    sigma => {
      for (const grain of sigma > 2 ? [0] : [0, 0.01]) {
        const soft = noisy(scene(1), 'blur', { sigma })
        const x = grain ? noisy(soft, 'gaussian', { sigma: grain }) : soft
        const found = blurOf(x, shape, grain) as number
        expect(Math.abs(found / sigma - 1)).toBeLessThan(0.2)
      }
    },
  )

  it('of a sharp one is below a pixel, of an even one unknown', () => {
    expect(blurOf(scene(2), shape)).toBeLessThan(0.8)
    expect(blurOf(new Float32Array(3 * size).fill(0.5), shape)).toBeUndefined()
  })
})

/** Bursts of a buzzing tone with pauses between them. */
function speechLike(seed: number, rate: number): Float32Array {
  const random = new Random(keyOf(seed, 'speech'))
  const pitch = 100 + 80 * random.float()
  return Float32Array.from({ length: 2 * rate }, (_, i) => {
    const t = i / rate
    const loud = Math.max(0, Math.sin(2 * Math.PI * (2.2 * t + seed * 0.1)))
    let sum = 0
    for (let k = 1; k < 12; k++) sum += Math.sin(2 * Math.PI * k * pitch * t) / k
    return 0.15 * loud * sum
  })
}

function withNoise(x: Float32Array, kind: string, snr: number, sampleRate: number): Float32Array {
  const out = new Float32Array(x.length)
  noiseOf('input', kind).apply(x, out, { snr }, keyOf(4, kind), {
    shape: [1, x.length],
    sampleRate,
  })
  return out
}

describe('the noise of a recording', () => {
  it.each([25, 15, 5, 0])('at %s dB is got back within 1 dB if it is white, 3 if it falls', snr => {
    for (const [kind, least] of [
      ['white', 1],
      ['pink', 3],
      ['brown', 3],
    ] as const) {
      const { snrDb } = measureSound(withNoise(speechLike(1, 16000), kind, snr, 16000), 16000)
      expect(Math.abs((snrDb as number) - snr), kind).toBeLessThan(least)
    }
  })

  it.each([
    ['white', 0],
    ['pink', -3],
    ['brown', -6],
    ['blue', 3],
  ] as const)('that is %s falls by its decibels an octave, within 1', (kind, slope) => {
    const { slopeDb } = measureSound(withNoise(speechLike(2, 16000), kind, 5, 16000), 16000)
    expect(Math.abs((slopeDb as number) - slope)).toBeLessThan(1)
  })

  it('counts what is clipped, and says what is silent', () => {
    const x = speechLike(1, 8000).map(value => Math.min(0.1, Math.max(-0.1, value)))
    const flat = x.filter(value => Math.abs(value) >= 0.1).length / x.length
    expect(measureSound(x, 8000).clipped).toBeCloseTo(flat, 1.5)
    expect(measureSound(new Float32Array(800), 8000)).toMatchObject({ silent: true, snrDb: null })
  })

  const digits = resolve(import.meta.dirname, '../../../shared/data/fsdd')
  it.skipIf(!existsSync(digits))(
    'of spoken digits without pauses is within 1.5 dB in the median',
    async () => {
      const files = readdirSync(digits)
        .filter(f => f.endsWith('.wav'))
        .sort()
      const some = files.filter((_, i) => i % 50 === 0)
      for (const snr of [10, 5, 0]) {
        const found: number[] = []
        for (const file of some) {
          const { samples, sampleRate } = await readRecording(join(digits, file))
          const { snrDb } = measureSound(withNoise(samples, 'white', snr, sampleRate), sampleRate)
          if (snrDb !== null) found.push(snrDb)
        }
        found.sort((a, b) => a - b)
        expect(Math.abs(found[found.length >> 1] - snr)).toBeLessThan(1.5)
      }
    },
  )
})

describe('a folder', () => {
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'temper-estimate-'))
    for (const part of ['pictures', 'sounds', 'empty']) mkdirSync(join(folder, part))
    for (const seed of [1, 2, 3]) {
      const x = noisy(scene(seed), 'gaussian', { sigma: 0.05 })
      const bytes = Uint8Array.from({ length: x.length }, (_, i) =>
        Math.round(255 * x[(i % 3) * size + Math.floor(i / 3)]),
      )
      const picture = sharp(bytes, { raw: { height, width, channels: 3 } })
      await picture
        .clone()
        .png()
        .toFile(join(folder, 'pictures', `${seed}.png`))
      const sound = withNoise(speechLike(seed, 8000), 'pink', 10, 8000)
      writeFileSync(
        join(folder, 'sounds', `${seed}.wav`),
        wavFile(sound, { channels: 1, sampleRate: 8000 }),
      )
    }
    writeFileSync(join(folder, 'pictures/broken.png'), 'no picture')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('is summed up, and noises are proposed that fit', async () => {
    const { images, unreadable, proposals } = await estimateNoise({
      path: join(folder, 'pictures'),
    })
    expect(images).toMatchObject({ files: 3, noise: { files: 3 } })
    expect(images?.noise?.median).toBeCloseTo(0.05, 2)
    expect(unreadable.map(({ reason }) => /broken/.test(reason))).toEqual([true])
    expect(proposals[0].entry).toMatchObject({ at: 'input', kind: 'gaussian', clip: [0, 1] })
  })

  it('of recordings tells colour and ratio', async () => {
    const { sound, proposals } = await estimateNoise({ path: join(folder, 'sounds') })
    expect(Math.abs((sound?.snrDb?.median as number) - 10)).toBeLessThan(3)
    expect(proposals[0].entry).toMatchObject({ at: 'input', kind: 'pink' })
  })

  it('of recordings leaves out those of noise beside them', async () => {
    const noises = join(folder, 'sounds/_background_noise_')
    mkdirSync(noises)
    cpSync(join(folder, 'sounds/1.wav'), join(noises, 'hum.wav'))
    const { sound, notes } = await estimateNoise({ path: join(folder, 'sounds') })
    expect(sound?.files).toBe(3)
    expect(notes).toContain('1 files in _background_noise_ are noise, not data: left out.')
    expect((await estimateNoise({ path: noises })).sound?.files).toBe(1)
    rmSync(noises, { recursive: true })
  })

  it('without any is refused, with a sentence', async () => {
    const refused = expect(estimateNoise({ path: join(folder, 'empty') })).rejects
    await refused.toThrow(/empty: expected pictures or sound/)
    await expect(estimateNoise({ path: join(folder, 'no') })).rejects.toThrow(/no such file/)
  })

  it.each([30, 50, 75])(
    'JPEG of quality %i is told from the file, and from its pixels alone',
    async quality => {
      const source = await sharp(join(folder, 'pictures/1.png')).jpeg({ quality }).toBuffer()
      writeFileSync(join(folder, 'one.jpg'), source)
      await sharp(source).png().toFile(join(folder, 'one.png'))
      for (const name of ['one.jpg', 'one.png']) {
        const { images } = await estimateNoise({ path: join(folder, name) })
        expect(images?.quality?.median, name).toBe(quality)
      }
      const clean = await readSampleFile(join(folder, 'pictures/1.png'))
      expect(clean.shape).toEqual(shape)
    },
  )
})
