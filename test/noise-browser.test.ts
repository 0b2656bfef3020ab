import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import { describe, expect, it } from 'vitest'
import { noises, perturb } from '../src/noise/index.js'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const missing = !existsSync(executablePath)
if (missing) console.log(`noise in a browser: skipped, no Chromium at ${executablePath}`)

/** Runs here and, as text, in the page: the bits of every input noise on one sample. */
function everyNoise(door: { noises: typeof noises; perturb: typeof perturb }) {
  const bits: Record<string, number[]> = {}
  for (const { kind, modality } of Object.values(door.noises.input)) {
    const shape = modality === 'audio' ? [1, 1200] : [3, 20, 20]
    const x = Float32Array.from({ length: 1200 }, (_, i) => Math.round(i % 97) / 97)
    const samples = Float32Array.from({ length: 500 }, (_, i) => ((i * 7) % 13) / 13 - 0.5)
    const sources = [{ samples, sampleRate: 8000 }]
    const out = door.perturb(x, { kind, shape, sampleRate: 8000, sources, seed: 3, index: 5 })
    bits[kind] = [...new Uint32Array(out.buffer)]
  }
  return bits
}

const digest = (bits: Record<string, number[]>) =>
  Object.fromEntries(
    Object.entries(bits).map(([kind, words]) => [
      kind,
      createHash('sha256').update(Uint32Array.from(words)).digest('hex').slice(0, 12),
    ]),
  )

describe.skipIf(missing)('onnx-temper/noise in a browser', () => {
  it('gives the bits it gives in Node, for every input noise', async () => {
    const entry = resolve(import.meta.dirname, '../src/noise/index.ts')
    const built = await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        write: false,
        target: 'es2022',
        lib: { entry, formats: ['iife'], name: 'noise', fileName: 'noise' },
      },
    })
    const [output] = Array.isArray(built) ? built : [built]
    if (!('output' in output)) throw new Error('the bundler watched instead of building')
    const content = output.output[0].code
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu'],
    })
    try {
      const page = await browser.newPage()
      await page.addScriptTag({ content })
      const there = await page.evaluate(`(${everyNoise})(noise)`)
      expect(digest(there as Record<string, number[]>)).toEqual(
        digest(everyNoise({ noises, perturb })),
      )
    } finally {
      await browser.close()
    }
  })
})
