/** Every preset, from `presetRecipe` to a model that answers, on a tiny set of its kind. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyOf, Random } from '../../src/base/index.js'
import { wavFile } from '../../src/data/index.js'
import { train } from '../../src/index.js'
import { newNetwork } from '../../src/networks/index.js'
import { readModelFile, writeModel } from '../../src/onnx/index.js'
import {
  applyOverrides,
  checkRecipe,
  type PresetName,
  parseRecipe,
  presetRecipe,
  presets,
} from '../../src/recipe/index.js'
import { writeNpy } from '../support/files.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-presets-'))
const at = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

const count = 48
const random = new Random(keyOf(0, 'presets'))
const values = (length: number, value: (index: number) => number) =>
  Float32Array.from({ length }, (_, i) => value(i))
/** Samples of class 1 lie higher. */
const made = (size: number, spread = 1) =>
  values(count * size, i => spread * ((Math.floor(i / size) % 2) + random.normal()))
const labels = Uint8Array.from({ length: count }, (_, i) => i % 2)

function arrays(name: string, shape: readonly number[], data: Float32Array | Uint8Array): void {
  mkdirSync(at(name))
  writeNpy(join(at(name), 'x.npy'), [count, ...shape], data)
  writeNpy(join(at(name), 'y.npy'), [count], labels)
}

/** DATA for each preset. */
const data: Record<PresetName, string> = {
  'image-small': at('images'),
  'image-fine-tune': at('images'),
  'speech-commands': at('words'),
  tabular: at('table.csv'),
  'sensor-series': at('series'),
}

beforeAll(() => {
  arrays(
    'images',
    [12, 12],
    Uint8Array.from(made(144, 20), v => Math.min(255, Math.max(0, v + 60))),
  )
  arrays('series', [3, 40], made(120, 50))
  const columns = made(4, 1000)
  const rows = Array.from(
    { length: count },
    (_, i) => `${columns.slice(4 * i, 4 * i + 4).join(',')},${i % 2 ? 'good' : 'bad'}`,
  )
  writeFileSync(at('table.csv'), ['a,b,c,d,quality', ...rows].join('\n'))
  for (const [label, hertz] of [300, 900].entries()) {
    mkdirSync(join(at('words'), `tone-${label}`), { recursive: true })
    for (let i = 0; i < count / 2; i++) {
      const wave = values(4000, n => 0.3 * Math.sin((2 * Math.PI * hertz * n) / 8000 + i))
      const file = wavFile(wave, { channels: 1, sampleRate: 8000 })
      writeFileSync(join(at('words'), `tone-${label}`, `${i}.wav`), file)
    }
  }
  const options = { input: [1, 12, 12], classes: 2, seed: 0 }
  writeFileSync(at('model.onnx'), writeModel(newNetwork('cnn', options)))
})

describe('presets', () => {
  it.each(Object.keys(presets) as PresetName[])('%s validates as it stands', name => {
    const recipe = checkRecipe(parseRecipe(presetRecipe(name)))
    expect(recipe.noise.length).toBeGreaterThan(0)
    const { usual } = presets[name]
    expect(recipe.data).toMatchObject({ train: usual.train, test: usual.test })
  })

  it.each(Object.keys(presets) as PresetName[])('%s trains', async name => {
    const fill = { train: data[name], validation: 0.2, test: 0.2, model: at('model.onnx') }
    const less = ['train.epochs=2', 'train.batch=16', 'monitor.samples=20']
    const recipe = applyOverrides(parseRecipe(presetRecipe(name, fill)), less)
    const { finished, model, scorecard } = await train({ recipe, out: at(name), threads: 1 })
    expect(finished).toBe(true)
    expect(scorecard!.conditions.length).toBeGreaterThan(3)
    expect(scorecard!.clean.accuracy).toBeGreaterThanOrEqual(0)
    // No noise inside: the deployed graph draws nothing.
    const { graph } = readModelFile(model!)
    expect(graph.nodes.filter(node => node.op.startsWith('Random'))).toEqual([])
  })

  it('refuses a preset that is none', () => {
    expect(() => presetRecipe('image-smal')).toThrow(/one of image-small.*Did you mean image-small/)
  })
})
