import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runModel } from '../../test/support/runtime.js'
import { ModelError, tensor, UsageError } from '../base/index.js'
import { newNetwork } from '../networks/index.js'
import { writeModel } from '../onnx/index.js'
import { fromHuggingFace } from './hugging-face.js'
import { findPreprocess } from './lookup.js'
import { openModel } from './open.js'
import { fromOtherMetadata } from './other-metadata.js'
import { samplesInput } from './prefix.js'
import { physicalOptions, preprocessSchema, readPreprocess } from './preprocess.js'
import { staticGraph } from './static.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-preprocess-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('preprocess', () => {
  it('is the identity by default, and takes a size in three forms', () => {
    expect(preprocessSchema.parse({})).toEqual({ scale: 1, mean: 0, std: 1 })
    for (const size of [32, [32, 32], { height: 32, width: 32 }])
      expect(physicalOptions(preprocessSchema.parse({ size })).size).toEqual([32, 32])
    expect(preprocessSchema.parse({ resize: 'crop' }).resize).toEqual({ rule: 'crop' })
  })

  it.each([
    ['{ meen: 0 }', /meen.*mean/],
    ['{ std: 0 }', /std.*numbers other than 0/],
    ['{ std: [1, 0, 1] }', /std.*numbers other than 0/],
    ['{ scale: .nan }', /scale/],
    ['{ size: [0, 5] }', /size\.0: expected a whole number/],
    ['{ layout: NWHC }', /layout.*NCHW or NHWC/],
    ['{ resize: squeeze }', /resize.*stretch, crop, letterbox/],
    ['{ color: GBR }', /color.*RGB or BGR/],
  ])('%s is refused', (text, sentence) => {
    const path = join(folder, 'bad.yaml')
    writeFileSync(path, text)
    expect(() => readPreprocess(path)).toThrow(sentence)
    expect(() => readPreprocess(path)).toThrow(UsageError)
  })

  it('a model that takes blue first gets it, each channel with its own mean', async () => {
    const network = newNetwork('mlp', { input: [3, 1, 2], classes: 2, seed: 0 })
    const opened = await openModel(writeModel(network))
    const preprocess = preprocessSchema.parse({ color: 'BGR', scale: 255, mean: [1, 2, 3] })
    const graph = staticGraph(opened, 1, { sampleShape: [3, 1, 2], preprocess })
    const bytes = writeModel({ ...opened.model, graph })
    const rgb = tensor('float32', [1, 3, 1, 2], Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6))
    const bgr = [0.5, 0.6, 0.3, 0.4, 0.1, 0.2].map((v, i) => 255 * v - (1 + Math.floor(i / 2)))
    const input = tensor('float32', [1, 3, 1, 2], Float32Array.from(bgr))
    const { logits } = await runModel(bytes, { [samplesInput]: rgb })
    const { logits: wanted } = await runModel(writeModel(network), { input })
    for (const [i, value] of [...(wanted.data as Float32Array)].entries())
      expect((logits.data as Float32Array)[i]).toBeCloseTo(value, 2)
  })
})

describe('preprocessor_config.json of Hugging Face', () => {
  const read = (config: object) => preprocessSchema.parse(fromHuggingFace(config, 'it'))

  it('ViT: both sides, bytes rescaled to [0,1], mean and deviation', () => {
    const half = [0.5, 0.5, 0.5]
    const vit = {
      do_normalize: true,
      do_rescale: true,
      image_mean: half,
      image_std: half,
      resample: 2,
      rescale_factor: 0.00392156862745098,
      size: { height: 224, width: 224 },
    }
    const sized = { size: [224, 224], resize: { rule: 'stretch' }, interpolation: 'bilinear' }
    expect(read(vit)).toEqual({ scale: 1, mean: half, std: half, ...sized })
  })

  it('CLIP and ResNet: shorter side, then a crop; ConvNeXT by its share', () => {
    const clip = {
      do_center_crop: true,
      crop_size: { height: 224, width: 224 },
      size: { shortest_edge: 256 },
      resample: 3,
    }
    const cropped = { size: [224, 224], resize: { rule: 'crop', shortestEdge: 256 } }
    expect(read(clip)).toMatchObject({ ...cropped, interpolation: 'bicubic' })
    expect(read({ size: { shortest_edge: 224 }, crop_pct: 0.875 })).toMatchObject(cropped)
  })

  it('no rescaling means bytes; old files give one number; recordings their rate', () => {
    const old = read({ size: 64, do_rescale: false, do_normalize: false, image_mean: [0.5] })
    expect(old).toMatchObject({ scale: 255, mean: 0, size: [64, 64] })
    const sound = { sampling_rate: 16000, n_fft: 400, chunk_length: 30, do_normalize: true }
    expect(read(sound)).toMatchObject({ sampleRate: 16000, seconds: 30 })
  })

  it.each([
    [{ image_mean: 'half' }, /it, image_mean: /],
    [[], /it, top: /],
  ])('%j is refused as a fault of the model', (value, sentence) => {
    expect(() => fromHuggingFace(value, 'it')).toThrow(sentence)
    expect(() => fromHuggingFace(value, 'it')).toThrow(ModelError)
  })

  it('may be named by --preprocess', () => {
    const path = join(folder, 'preprocessor_config.json')
    writeFileSync(path, '{ "size": 8, "crop_size": 6, "do_center_crop": true }')
    expect(readPreprocess(path)).toMatchObject({ resize: { rule: 'crop', shortestEdge: 8 } })
    rmSync(path)
  })
})

describe('metadata of others', () => {
  const found = (entries: [string, string][]) => fromOtherMetadata(new Map(entries))

  it("is read: Ultralytics' sizes, ONNX's image keys", () => {
    const classify: [string, string][] = [
      ['task', 'classify'],
      ['imgsz', '[224, 224]'],
    ]
    expect(found(classify)!.value).toEqual({ size: [224, 224], resize: 'crop' })
    expect(found([['imgsz', '[224, 224]']])).toBeUndefined()
    const bytes: [string, string][] = [
      ['Image.NominalPixelRange', 'NominalRange_0_255'],
      ['Image.BitmapPixelFormat', 'Bgr8'],
    ]
    expect(found(bytes)!.value).toEqual({ scale: 255, color: 'BGR' })
    expect(found([['Image.NominalPixelRange', 'Normalized_1_1']])!.value).toEqual({
      scale: 2,
      mean: 1,
    })
  })

  it("gives way to Temper's own, and goes before a file beside the model", () => {
    const model = newNetwork('mlp', { input: [4], classes: 2, seed: 0 })
    writeFileSync(join(folder, 'preprocessor_config.json'), '{ "size": 8 }')
    const path = join(folder, 'model.onnx')
    const look = () => findPreprocess(model, { name: 'input' }, path)
    expect(look().preprocess).toMatchObject({ size: [8, 8] })
    model.metadata.set('Image.NominalPixelRange', 'NominalRange_0_255')
    expect(look()).toMatchObject({
      preprocess: { scale: 255 },
      source: expect.stringMatching(/Image/),
    })
    model.metadata.set('temper.preprocess', '{ "scale": 2 }')
    expect(look().preprocess).toMatchObject({ scale: 2 })
  })
})
