import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { memoryDataset, wavFile } from '../data/index.js'
import { noiseOf } from '../noise/index.js'
import { planOfMaterial, withMaterial } from './material.js'
import type { NoiseEntry } from './noise.js'
import type { ResolvedNoise } from './resolve-noise.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-material-'))
afterAll(() => rmSync(folder, { recursive: true }))

function recording(name: string, sampleRate: number, seconds: number, loudness = 0.5): void {
  const samples = Float32Array.from(
    { length: sampleRate * seconds },
    (_, i) => loudness * Math.sin((2 * Math.PI * 200 * i) / sampleRate),
  )
  writeFileSync(join(folder, name), wavFile(samples, { channels: 1, sampleRate }))
}
for (const name of ['noises', 'silent', 'texts']) mkdirSync(join(folder, name))
recording('noises/one.wav', 16000, 1)
recording('noises/two.wav', 8000, 2)
recording('silent/none.wav', 8000, 1, 0)
writeFileSync(join(folder, 'texts/readme.txt'), 'no sound')

const samples = new Float32Array(40 * 4)
const labels = Int32Array.from({ length: 40 }, (_, i) => (i < 30 ? 0 : i < 36 ? 1 : 2))
const classes = ['a', 'b', 'c']
const common = {
  format: 'memory',
  detected: '',
  kind: 'vector',
  shape: [4],
  values: samples,
} as const
const pictures = memoryDataset({ ...common, name: 'set', labels, classes })
const speech = { ...pictures, kind: 'audio' as const, sampleRate: 8000 }
const values = memoryDataset({ ...common, name: 'values', targets: new Float32Array(40) })

async function materialOf(
  entry: Partial<NoiseEntry> & Pick<NoiseEntry, 'at' | 'kind'>,
  data = pictures,
) {
  const noise = { noise: noiseOf(entry.at, entry.kind), entry } as unknown as ResolvedNoise
  const [{ material }] = await withMaterial([noise], { data, classes: 3 })
  return material
}

describe('recordings', () => {
  const background = { at: 'input', kind: 'background' } as const

  it("of a folder come at the data's rate, and are in the plan by content", async () => {
    const material = await materialOf({ ...background, sources: join(folder, 'noises') }, speech)
    expect(
      material.sources!.map(({ samples, sampleRate }) => [samples.length, sampleRate]),
    ).toEqual([
      [8000, 8000],
      [16000, 8000],
    ])
    const { sources } = planOfMaterial(material)
    expect(sources).toMatchObject({ recordings: 2 })
    const one = await materialOf({ ...background, sources: join(folder, 'noises/two.wav') }, speech)
    expect(planOfMaterial(one).sources!.sha256).not.toBe(sources!.sha256)
  })

  it('that come with the data are taken where none are said, but not as rooms', async () => {
    const own = { ...speech, noises: [join(folder, 'noises/two.wav')] }
    expect((await materialOf(background, own)).sources).toHaveLength(1)
    await expect(materialOf({ at: 'input', kind: 'impulse_response' }, own)).rejects.toThrow(
      /noise\[0\]: impulse_response draws from recordings.*sources: FILE_OR_FOLDER/,
    )
  })

  it.each([
    ['a folder without any', 'texts', /noise\[0\]\.sources: .*expected recordings/],
    ['only silence', 'silent', /received "only silence"/],
    ['no such path', 'nowhere', /there is no such file or folder/],
  ])('are refused: %s', async (_, name, words) => {
    await expect(
      materialOf({ ...background, sources: join(folder, name) }, speech),
    ).rejects.toThrow(words)
  })
})

describe('targets', () => {
  it('are smoothed to how often the classes occur, or as said', async () => {
    const entry = { at: 'target', kind: 'prior_smoothing' } as const
    const { prior } = await materialOf(entry)
    expect([...prior!].map(p => Number(p.toFixed(3)))).toEqual([0.75, 0.15, 0.1])
    const said = await materialOf({ ...entry, prior: [0.5, 0.5, 0] })
    expect([...said.prior!]).toEqual([0.5, 0.5, 0])
    await expect(materialOf({ ...entry, prior: [0.5, 0.6, 0] })).rejects.toThrow(/add up to 1/)
  })

  it('follow any transition matrix that fits the classes', async () => {
    const entry = { at: 'target', kind: 'transition_flip' } as const
    const rows = [
      [0.8, 0.2, 0],
      [0, 1, 0],
      [0.5, 0, 0.5],
    ]
    const { transition } = await materialOf({ ...entry, transition: rows })
    expect(transition![6]).toBeCloseTo(0.5)
    await expect(materialOf(entry)).rejects.toThrow(/3 rows.*received "none"/)
    await expect(materialOf({ ...entry, transition: rows.slice(1) })).rejects.toThrow(/3 rows/)
  })

  it('of another form or another data set are refused', async () => {
    await expect(materialOf({ at: 'target', kind: 'asymmetric_mnist' })).rejects.toThrow(
      /noise\[0\]: .*10 classes/,
    )
    await expect(materialOf({ at: 'target', kind: 'gaussian' })).rejects.toThrow(
      /gaussian acts on numbers to predict, and set holds classes/,
    )
    await expect(materialOf({ at: 'target', kind: 'flip' }, values)).rejects.toThrow(
      /flip acts on classes/,
    )
  })
})
