/** Real models that others made, evaluated on the command line from what a person has: folders and arrays. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { keyOf, Random } from '../../src/base/index.js'
import { openData } from '../../src/data/index.js'
import { type EvaluateOptions, evaluate } from '../../src/index.js'
import type { Scorecard } from '../../src/record/index.js'
import { writeNpz } from '../support/files.js'
import { hasShared, sharedFolder } from '../support/shared.js'

const main = resolve(import.meta.dirname, '../../dist/cli/main.js')
const folder = mkdtempSync(join(tmpdir(), 'temper-models-'))
const at = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

function temperEval(model: string, ...args: string[]) {
  const file = resolve(sharedFolder, 'models', model)
  const asked = ['eval', file, ...args, '--threads', '1', '--json']
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...asked], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  return { status, stderr, card: (status === 0 ? JSON.parse(stdout) : undefined) as Scorecard }
}

/** The sentence with which a model is refused. */
async function refusal(model: string, data: string, options: Partial<EvaluateOptions> = {}) {
  const file = resolve(sharedFolder, 'models', model)
  const refused = evaluate({ model: file, data: at(data), threads: 1, ...options })
  return refused.then(
    () => 'it was measured',
    (error: Error) => error.message,
  )
}

/** The first test images of MNIST as pictures, a folder a class. */
async function digitPictures(count: number): Promise<string> {
  const digits = await openData('mnist:test')
  for (let i = 0; i < count; i++) {
    const pixels = new Float32Array(28 * 28)
    await digits.read(i, pixels)
    const inFolder = join(at('digits'), digits.classes![digits.labels![i]])
    mkdirSync(inFolder, { recursive: true })
    const raw = { width: 28, height: 28, channels: 1 } as const
    const bytes = Uint8Array.from(pixels, value => Math.round(255 * value))
    await sharp(bytes, { raw })
      .toColourspace('b-w')
      .png()
      .toFile(join(inFolder, `${i}.png`))
  }
  return 'digits'
}

const lines = [
  'invoice number',
  'total amount due',
  'thank you for your visit',
  'main street 42',
  'open daily 9 to 5',
  'departures gate B7',
  'sale ends Sunday',
  'fresh bread and coffee',
  'handle with care',
  'mind the gap',
]

/** Rendered lines of text, upright and upside down: folders `0` and `180`. */
async function textPictures(): Promise<string> {
  for (const angle of [0, 180]) {
    mkdirSync(at(`text/${angle}`), { recursive: true })
    for (const [i, text] of lines.entries()) {
      const line = await sharp({ text: { text, font: 'sans 24', dpi: 100, rgba: true } })
        .flatten({ background: 'white' })
        .extend({ top: 6, bottom: 6, left: 6, right: 6, background: 'white' })
        .png()
        .toBuffer()
      await sharp(line)
        .rotate(angle)
        .png()
        .toFile(at(`text/${angle}/${i}.png`))
    }
  }
  return 'text'
}

/** Without a font every letter is drawn as the same box. */
async function hasFont(): Promise<boolean> {
  const drawn = ['ill', 'WWW'].map(text =>
    sharp({ text: { text, font: 'sans 24', dpi: 100 } })
      .metadata()
      .then(({ width }) => width),
  )
  const [narrow, wide] = await Promise.all(drawn)
  return narrow! < wide! / 2
}

/** A command a test; a busy machine takes its time. */
const patience = 300_000

describe.skipIf(!hasShared)('picture folders', { timeout: patience }, () => {
  it('the two digit networks answer PNGs as well as the images they come from', async () => {
    const pictures = await digitPictures(100)
    writeFileSync(at('bytes.yaml'), 'scale: 255\n')
    const digits = await openData('mnist:test', { first: 100 })
    for (const model of ['mnist-cntk-ort-examples.onnx', 'wonnx-opt-mnist.onnx']) {
      const { card } = temperEval(model, '--data', pictures, '--preprocess', 'bytes.yaml')
      expect(card.data).toMatchObject({ samples: digits.length, classes: [...'0123456789'] })
      expect(card.clean.accuracy).toBeGreaterThanOrEqual(0.97)
      expect(card.summary.meanAccuracy).toBeLessThan(card.clean.accuracy!)
      expect(card.conditions.length).toBe(5)
    }
  })

  it('the text-angle classifier tells upright lines from turned ones, in any width', async context => {
    if (!(await hasFont())) return context.skip('no font to draw text with')
    const pictures = await textPictures()
    const model = 'ch_ppocr_mobile_v2.0_cls_infer.onnx'
    expect(await refusal(model, pictures)).toContain('Say one size for all with `size`')
    writeFileSync(at('text.yaml'), 'size: [48, 192]\nmean: 0.5\nstd: 0.5\n')
    const told = ['--data', pictures, '--preprocess', 'text.yaml']
    const { card } = temperEval(model, ...told)
    expect(card.data.classes).toEqual(['0', '180'])
    expect(card.clean.accuracy).toBeGreaterThanOrEqual(0.95)
    expect(card.conditions[0].measures.accuracy).toBeGreaterThan(0.8)
  })
})

describe.skipIf(!hasShared)('arrays without labels', { timeout: patience }, () => {
  it('the wake word takes embeddings, whose noise no range cuts off', () => {
    const random = new Random(keyOf(1, 'test:embeddings'))
    const values = Float32Array.from({ length: 30 * 25 * 96 }, () => 3 * random.normal())
    writeNpz(at('embeddings.npz'), [30, 25, 96], values)
    const { card } = temperEval('oww-hello_deepa.onnx', '--data', 'embeddings.npz')
    expect(card.suite.name).toBe('tabular')
    for (const { clip, measures } of card.conditions) {
      expect(clip).toBe('none')
      expect(measures.agreement).toBeGreaterThan(0.5)
      expect(measures.meanKl).toBeGreaterThan(0)
    }
  })

  it('voice activity says which inputs it needs, and takes frames of speech', async () => {
    const wav = readFileSync(resolve(sharedFolder, 'data/fsdd/7_jackson_0.wav')).subarray(44)
    const frames = Math.floor(wav.length / 512)
    const values = Float32Array.from({ length: frames * 256 }, (_, i) => wav.readInt16LE(2 * i))
    writeNpz(
      at('speech.npz'),
      [frames, 256],
      values.map(v => v / 32768),
    )
    const model = 'silero_vad_v5.onnx'
    expect(await refusal(model, 'speech.npz')).toMatch(/2 outputs \(output, stateN\).*--output/)
    const output = 'output'
    expect(await refusal(model, 'speech.npz', { output })).toMatch(
      /"state" \[2,\?,128\], "sr".*--input name=value/,
    )
    writeFileSync(at('rate.yaml'), 'sampleRate: 8000\n')
    const told = ['--data', 'speech.npz', '--output', output, '--preprocess', 'rate.yaml']
    const bound = ['--input', 'sr=8000', '--input', 'state=0']
    const { card } = temperEval(model, ...told, ...bound)
    expect([card.suite.name, card.data.samples]).toEqual(['audio-snr', frames])
    const agreements = card.conditions.map(({ measures }) => measures.agreement!)
    expect(agreements[0]).toBeGreaterThan(agreements[4])
  })

  it('the detector is held against its own clean scores, anchor by anchor', async () => {
    const pictures = await openData(resolve(sharedFolder, 'data/cifar10'), {
      split: 'test',
      first: 2,
    })
    const values = new Float32Array(2 * 3 * 240 * 320)
    for (let i = 0; i < 2; i++) values.set(await enlarged(pictures, i), i * 3 * 240 * 320)
    writeNpz(at('scenes.npz'), [2, 3, 240, 320], values)
    writeFileSync(at('unit.yaml'), 'scale: 255\nmean: 127\nstd: 128\n')
    const model = 'ultraface-rfb-320.onnx'
    const told = ['--data', 'scenes.npz', '--preprocess', 'unit.yaml']
    expect(await refusal(model, 'scenes.npz')).toContain('2 outputs (scores, boxes)')
    const boxes = await refusal(model, 'scenes.npz', { output: 'boxes' })
    expect(boxes).toContain('4,420 rows of 4 numbers a sample')
    for (const asked of [{ suite: 'worst-case' }, { flipLevel: 'gaussian' }]) {
      const options = { output: 'scores', ...asked }
      expect(await refusal(model, 'scenes.npz', options)).toMatch(/once a sample|one answer/)
    }
    const { card } = temperEval(model, ...told, '--output', 'scores')
    expect(card.clean.samples).toBe(2 * 4420)
    const [first, ...rest] = card.conditions.map(({ measures }) => measures.meanKl!)
    expect(Math.max(...rest)).toBeGreaterThan(first)
  })
})

/** An image `[3, 32, 32]` at `[3, 240, 320]`. */
async function enlarged(pictures: Awaited<ReturnType<typeof openData>>, index: number) {
  const small = new Float32Array(3 * 32 * 32)
  await pictures.read(index, small)
  const pixels = Uint8Array.from({ length: small.length }, (_, i) =>
    Math.round(255 * small[(i % 3) * 1024 + Math.floor(i / 3)]),
  )
  const raw = await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
    .resize(320, 240, { fit: 'fill' })
    .raw()
    .toBuffer()
  const plane = 240 * 320
  return Float32Array.from(
    { length: 3 * plane },
    (_, i) => raw[(i % plane) * 3 + Math.floor(i / plane)] / 255,
  )
}
