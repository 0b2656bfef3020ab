import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ModelError, UsageError } from '../../base/index.js'
import { fromHuggingFace } from './hugging-face.js'
import { resolvePreprocess } from './resolve.js'
import { parsePreprocess, physicalOptions } from './schema.js'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'temper-preprocess-'))
})
afterAll(() => rmSync(root, { recursive: true }))

describe('preprocess', () => {
  it('is the identity by default, and takes a size in three forms', () => {
    expect(parsePreprocess({})).toEqual({ scale: 1, mean: 0, std: 1, color: 'RGB' })
    for (const size of [32, [32, 32], { height: 32, width: 32 }])
      expect(physicalOptions(parsePreprocess({ size })).size).toEqual([32, 32])
    expect(parsePreprocess({ resize: 'crop' }).resize).toEqual({ rule: 'crop' })
  })

  it.each([
    [{ meen: 0 }, /preprocess: there is no key "meen"\. Did you mean mean/],
    [{ std: 0 }, /preprocess\.std(\.1)?: /],
    [{ std: [1, -1, 1] }, /preprocess\.std(\.1)?: /],
    [{ scale: Number.NaN }, /preprocess\.scale: /],
    [{ size: [0, 5] }, /preprocess\.size\.0: /],
    [{ layout: 'NWHC' }, /preprocess\.layout: .*NCHW/],
    ['nothing', /preprocess: /],
  ])('%j is refused', (value, sentence) => {
    expect(() => parsePreprocess(value)).toThrow(sentence)
    expect(() => parsePreprocess(value)).toThrow(UsageError)
  })
})

describe('preprocessor_config.json of Hugging Face', () => {
  it('ViT: both sides, bytes rescaled to [0,1], mean and deviation', () => {
    const vit = {
      do_normalize: true,
      do_rescale: true,
      do_resize: true,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
      image_processor_type: 'ViTFeatureExtractor',
      resample: 2,
      rescale_factor: 0.00392156862745098,
      size: { height: 224, width: 224 },
    }
    expect(fromHuggingFace(vit, 'it').preprocess).toEqual({
      scale: 1,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      color: 'RGB',
      size: [224, 224],
      resize: { rule: 'stretch' },
      interpolation: 'bilinear',
    })
  })

  it('CLIP and ResNet: shorter side, then a crop; ConvNeXT by its share', () => {
    const clip = {
      do_center_crop: true,
      crop_size: { height: 224, width: 224 },
      size: { shortest_edge: 256 },
      resample: 3,
    }
    expect(fromHuggingFace(clip, 'it').preprocess).toMatchObject({
      size: [224, 224],
      resize: { rule: 'crop', shortestEdge: 256 },
      interpolation: 'bicubic',
    })
    const convnext = { size: { shortest_edge: 224 }, crop_pct: 0.875 }
    expect(fromHuggingFace(convnext, 'it').preprocess).toMatchObject({
      size: [224, 224],
      resize: { rule: 'crop', shortestEdge: 256 },
    })
  })

  it('no rescaling means bytes; old files give one number', () => {
    expect(
      fromHuggingFace({ size: 64, do_rescale: false, do_normalize: false }, 'it').preprocess,
    ).toEqual({
      scale: 255,
      mean: 0,
      std: 1,
      color: 'RGB',
      size: [64, 64],
      resize: { rule: 'stretch' },
    })
  })

  it('audio: the rate, and what cannot be followed', () => {
    const { preprocess, notes } = fromHuggingFace(
      { sampling_rate: 16000, n_fft: 400, chunk_length: 30, do_normalize: true },
      'it',
    )
    expect(preprocess).toMatchObject({ sampleRate: 16000, seconds: 30 })
    expect(notes.length).toBe(2)
  })

  it.each([
    [{ image_mean: 'half' }, /it, image_mean: /],
    [{ size: { shortest_edge: -5 } }, /it\.size/],
    [[], /it, top: /],
  ])('%j is refused as a fault of the model', (value, sentence) => {
    expect(() => fromHuggingFace(value, 'it')).toThrow(sentence)
    expect(() => fromHuggingFace(value, 'it')).toThrow(ModelError)
  })
})

describe('where it is looked for', () => {
  it('the recipe, then the file, then the metadata, then beside the model or one folder up', async () => {
    mkdirSync(join(root, 'onnx'))
    const model = join(root, 'onnx', 'model.onnx')
    expect(await resolvePreprocess({ model })).toBeUndefined()
    writeFileSync(join(root, 'preprocessor_config.json'), '{"size": 8}')
    expect(await resolvePreprocess({ model })).toMatchObject({ preprocess: { size: [8, 8] } })
    const metadata = { name: 'temper.preprocess', value: { scale: 2 } }
    expect(await resolvePreprocess({ model, metadata })).toMatchObject({
      preprocess: { scale: 2 },
      source: "the model's temper.preprocess",
    })
    const file = join(root, 'own.yaml')
    writeFileSync(file, 'scale: 255\nmean: [0.1]\n')
    expect(await resolvePreprocess({ model, metadata, file })).toMatchObject({
      preprocess: { scale: 255, mean: [0.1] },
    })
    expect(await resolvePreprocess({ model, file, inline: { scale: 3 } })).toMatchObject({
      preprocess: { scale: 3 },
      source: 'the recipe',
    })
    expect(await resolvePreprocess({})).toBeUndefined()
  })

  it('says what is wrong with a file', async () => {
    await expect(resolvePreprocess({ file: join(root, 'gone.yaml') })).rejects.toThrow(
      /--preprocess: .*gone\.yaml cannot be read \(ENOENT\)/,
    )
    writeFileSync(join(root, 'bad.yaml'), 'a: [1')
    await expect(resolvePreprocess({ file: join(root, 'bad.yaml') })).rejects.toThrow(
      /bad\.yaml: not YAML or JSON/,
    )
    writeFileSync(join(root, 'preprocessor_config.json'), '{')
    await expect(resolvePreprocess({ model: join(root, 'm.onnx') })).rejects.toThrow(
      /preprocessor_config\.json: not JSON/,
    )
  })
})
