import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { DataError, UsageError } from '../../base/index.js'
import { type Dataset, memoryDataset, openData } from '../../data/index.js'
import { newNetwork } from '../../networks/index.js'
import { writeModel } from '../../onnx/index.js'
import { evaluate } from '../evaluate.js'
import { openSuite } from './suites.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-suites-'))
afterAll(() => rmSync(folder, { recursive: true }))

const image = (): Dataset =>
  memoryDataset({
    ...{ name: 'made', format: '', detected: '', kind: 'image', shape: [1, 4, 4] },
    values: new Float32Array(32).fill(0.5),
    labels: Int32Array.of(0, 1),
    classes: ['a', 'b'],
  })

async function suite(text: string, data = image()) {
  const path = join(folder, 'own.yaml')
  writeFileSync(path, text)
  return openSuite(path, data)
}

describe('a suite of one’s own', () => {
  it('is what the file says, a list being a ladder', async () => {
    const made = await suite(`
name: floor
conditions:
  - { kind: gaussian, sigma: [0.1, 0.2], clip: none }
  - { kind: jpeg_compression, severity: [2, 5], preset: cifar-c }
  - { at: weight, kind: gaussian, relative: 0.05 }
`)
    expect(made.name).toBe('floor')
    expect(made.conditions.map(c => [c.at, c.kind, c.severity, c.clip, c.draws])).toEqual([
      ['input', 'gaussian', 1, null, 1],
      ['input', 'gaussian', 2, null, 1],
      ['input', 'jpeg_compression', 2, 'physical', 1],
      ['input', 'jpeg_compression', 5, 'physical', 1],
      ['weight', 'gaussian', 1, null, 5],
    ])
    expect(made.conditions[1].level).toEqual({ sigma: 0.2 })
  })

  it('puts noise on activations, where a pattern says, and on the weights one names', async () => {
    const input = [1, 4, 4]
    const model = writeModel(newNetwork('mlp', { input, classes: 2, seed: 0 }))
    const made = await suite(`
conditions:
  - { at: activation, kind: gaussian, match: Relu, sigma: [0.5, 5] }
  - { at: weight, kind: gaussian, relative: 0.5, match: "*" }
`)
    expect(made.conditions.map(c => [c.at, c.match, c.clip, c.draws])).toEqual([
      ['activation', 'Relu', null, 1],
      ['activation', 'Relu', null, 1],
      ['weight', '*', null, 5],
    ])
    const { conditions } = await evaluate({ model, data: image(), suite: made, threads: 1 })
    const [weak, strong, weights] = conditions.map(({ measures }) => measures.meanKl!)
    expect(weak).toBeGreaterThan(0)
    expect(strong).toBeGreaterThan(weak)
    expect(weights).toBeGreaterThan(0)
    const off = await suite(
      'conditions: [{ at: activation, kind: gaussian, match: Tanh, sigma: 1 }]',
    )
    await expect(evaluate({ model, data: image(), suite: off, threads: 1 })).rejects.toThrow(/Tanh/)
  })

  it('stands beside named ones', async () => {
    await suite('conditions: [{ kind: gaussian, sigma: 0.1 }]')
    const both = await openSuite(`${join(folder, 'own.yaml')}, weights`, image())
    expect(both.name).toBe('own,weights')
    expect(new Set(both.conditions.map(c => c.at))).toEqual(new Set(['input', 'weight']))
  })

  const wrong = [
    ['conditions: []', /conditions: expected a list of at least one/],
    ['nam: x\nconditions: [{ kind: gaussian }]', /received "nam". Did you mean name/],
    ['conditions: [{ kind: gausian, sigma: 1 }]', /conditions\[0\].kind.*Did you mean gaussian/],
    ['conditions: [{ kind: gaussian, sigmma: 1 }]', /conditions\[0\].*Did you mean sigma/],
    ['conditions: [{ kind: gaussian, sigma: -1 }]', /sigma/],
    ['conditions: [{ kind: gaussian, sigma: [] }]', /not empty/],
    ['conditions: [{ kind: gaussian, sigma: 1, clip: [1, 0] }]', /clip: expected physical, none/],
    ['conditions: [{ at: nowhere, kind: gaussian }]', /\.at: expected one of input, weight/],
    ['conditions: [{ at: weight, kind: gaussian, relative: 0.1, draws: 0 }]', /draws/],
    ['conditions: [{ kind: jpeg_compression, severity: 9 }]', /severity/],
    ['conditions: [{ kind: impulse_response }]', /sources: expected a folder of recordings/],
    ['conditions: {{', /own.yaml/],
    ['- 1', /expected keys and values/],
  ] as const
  it.each(wrong)('refuses %s', async (text, sentence) => {
    await expect(suite(text)).rejects.toThrow(UsageError)
    await expect(suite(text)).rejects.toThrow(sentence)
  })

  it('refuses a file that is not there, and a name that is none', async () => {
    await expect(openSuite('nothing.yaml', image())).rejects.toThrow(/no such file/)
    await expect(openSuite('gausian', image())).rejects.toThrow(/Did you mean gaussian/)
  })
})

describe('ready-made corrupted folders', () => {
  const write = async (path: string, value: number) => {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    const raw = { width: 4, height: 4, channels: 1 } as const
    await sharp(new Uint8Array(16).fill(value), { raw }).png().toFile(join(folder, path))
  }
  /** Dark images are of class a; the corruption turns those of b dark too. */
  const answer = (samples: Float32Array, rows: number) =>
    Float32Array.from({ length: 2 * rows }, (_, i) => {
      const isDark = samples[(i >> 1) * (samples.length / rows)] < 0.5
      return (i % 2 === 0) === isDark ? 5 : 0
    })

  it('are measured sample by sample against the clean ones', async () => {
    for (const n of [1, 2]) {
      await write(`clean/a/${n}.png`, 0)
      await write(`clean/b/${n}.png`, 255)
      for (const severity of [1, 3]) {
        await write(`dim/fog/${severity}/a/${n}.png`, 10)
        await write(`dim/fog/${severity}/b/${n}.png`, severity === 3 || n === 1 ? 20 : 250)
      }
    }
    const data = await openData(join(folder, 'clean'))
    const card = await evaluate({ predict: answer, outputs: 2, data, suite: join(folder, 'dim') })
    expect(card.clean.accuracy).toBe(1)
    expect(card.suite).toEqual({ name: 'dim', preset: 'ready-made' })
    const shown = card.conditions.map(c => [c.kind, c.severity, c.measures.accuracy, c.flipRate])
    expect(shown).toEqual([
      ['fog', 1, 0.75, 0.25],
      ['fog', 3, 0.5, 0.5],
    ])
    expect(card.conditions[0].level).toBeNull()
  })

  it('without a counterpart, or laid out otherwise, are refused', async () => {
    const data = await openData(join(folder, 'clean'))
    rmSync(join(folder, 'dim/fog/1/b/2.png'))
    await expect(openSuite(join(folder, 'dim'), data)).rejects.toThrow(DataError)
    await expect(openSuite(join(folder, 'dim'), data)).rejects.toThrow(/no counterpart of b\/2/)
    await expect(openSuite(join(folder, 'clean'), data)).rejects.toThrow(
      /corruption\/severity\/class/,
    )
  })
})
