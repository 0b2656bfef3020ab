import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { numbers } from '../../../test/networks/described.js'
import { runModel } from '../../../test/support/runtime.js'
import { type Tensor, tensor, UsageError } from '../../base/index.js'
import { gradients } from '../../gradients/index.js'
import { openModel } from '../../model/index.js'
import { CANONICAL_IR_VERSION, CANONICAL_OPSET, settingsKey, writeModel } from '../../onnx/index.js'
import { newNetwork } from '../fresh.js'
import { Net } from '../layers.js'
import { type NetworkKind, networks } from '../table.js'
import { features } from './features.js'
import { type FeatureOptions, featureSettings } from './settings.js'

interface Golden {
  rate: number
  samples: number
  options: FeatureOptions
  shape: [number, number]
  features: string
  gradient: string
}

const path = new URL('../../../test/golden/features/golden.json', import.meta.url)
const golden: [string, Golden][] = Object.entries(JSON.parse(readFileSync(path, 'utf8')))

const unpacked = (text: string) =>
  new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer)

/** The features alone, as a model. */
function featureModel({ options, rate, samples }: Golden): Uint8Array {
  const net = new Net('features', 0)
  const settings = featureSettings(options, { sampleRate: rate, samples })
  net.output(features(net, net.input([1, samples]), settings))
  return writeModel({
    irVersion: CANONICAL_IR_VERSION,
    opsets: new Map([['', CANONICAL_OPSET]]),
    producer: { name: '', version: '' },
    metadata: new Map([[settingsKey, JSON.stringify(net.settings)]]),
    graph: net.graph,
  })
}

/** make.py's waveform. */
function waveform(name: string, samples: number): Tensor<'float32'> {
  const noise = numbers(`waveform ${name}`, samples)
  const values = Float32Array.from(
    noise,
    (v, i) => 0.5 * ((1 - i / samples) * (1 - i / samples)) * v,
  )
  return tensor('float32', [1, 1, samples], values)
}

/** The largest difference, relative to the largest of all. */
const distance = (a: Float32Array, b: Float32Array) => {
  const size = b.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
  return a.reduce((worst, v, i) => Math.max(worst, Math.abs(v - b[i])), 0) / size
}

describe("features equal torchaudio's", () => {
  it.each(golden)('%s', async (name, sample) => {
    const model = featureModel(sample)
    const { logits } = await runModel(model, { input: waveform(name, sample.samples) })
    expect(logits.shape).toEqual([1, ...sample.shape])
    const wanted = unpacked(sample.features)
    const got = logits.data as Float32Array
    // Each by itself within 1e-4 of its size, or of 1 where it is smaller.
    const worst = got.reduce(
      (most, v, i) => Math.max(most, Math.abs(v - wanted[i]) / Math.max(1, Math.abs(wanted[i]))),
      0,
    )
    expect(worst).toBeLessThan(1e-4)
  })

  it.each(golden)('%s: the gradient too', async (name, sample) => {
    const wanted = unpacked(sample.features)
    const weights = numbers(`weights ${name}`, wanted.length)
    // Squared error has the gradient 2 (y - target) / n; this target makes it the weights.
    const targets = Float32Array.from(wanted, (v, i) => v - (weights[i] * wanted.length) / 2)
    const result = await gradients(featureModel(sample), {
      inputs: { input: waveform(name, sample.samples) },
      targets: tensor('float32', [1, ...sample.shape], targets),
      loss: 'mean-squared-error',
      wrt: 'inputs',
    })
    const dx = result.gradients.get('input')!.data as Float32Array
    expect(distance(dx, unpacked(sample.gradient))).toBeLessThan(1e-3)
  })
})

describe('networks on raw audio', () => {
  const options = { input: [1, 4000], classes: 3, seed: 1, sampleRate: 8000 }
  const make = (kind: NetworkKind, features: FeatureOptions) =>
    writeModel(newNetwork(kind, { ...options, features }))

  it.each(Object.keys(networks) as NetworkKind[])('%s takes log-mel features', async kind => {
    const bytes = make(kind, { kind: 'log-mel' })
    const input = tensor('float32', [2, 1, 4000], Float32Array.from(numbers(kind, 8000)))
    const { logits } = await runModel(bytes, { input })
    expect(logits.shape).toEqual([2, 3])
    const opened = await openModel(bytes)
    // What computes the features is no parameter: nothing trains it, no weight noise touches it.
    expect(opened.parameters.filter(p => p.name.startsWith('features.'))).toEqual([])
    expect(opened.parameters.length).toBeGreaterThan(3)
    expect(opened.found.preprocess).toMatchObject({ sampleRate: 8000, seconds: 0.5 })
  })

  it.each([
    [{ kind: 'log-mell' }, /features\.kind.*log-mel or mfcc/],
    [{ kind: 'log-mel', window: 0 }, /features\.window.*at least 4 samples/],
    [{ kind: 'log-mel', hop: 1e-6 }, /features\.hop.*1 sample/],
    [{ kind: 'log-mel', fftSize: 100 }, /features\.fftSize.*240/],
    [{ kind: 'log-mel', fftSize: 8192 }, /features\.fftSize.*4000 samples/],
    [{ kind: 'log-mel', range: [20, 9000] }, /features\.range.*0 to 4000 Hz.*20, 9000/],
    [{ kind: 'log-mel', bands: 1000 }, /features\.bands.*128/],
    [{ kind: 'log-mel', bands: 120 }, /band 2 of 120 lies between.*fewer bands/],
    [{ kind: 'mfcc', coefficients: 41 }, /features\.coefficients.*40 bands/],
  ])('%j is refused', (features, sentence) => {
    const refused = () => make('ds-cnn', features as FeatureOptions)
    expect(refused).toThrow(UsageError)
    expect(refused).toThrow(sentence)
  })

  it('refuses an input that is no waveform, and a waveform of unknown rate', () => {
    const features = { kind: 'log-mel' } as const
    const base = { classes: 2, seed: 0, features }
    expect(() => newNetwork('cnn', { ...base, input: [3, 32, 32] })).toThrow(/waveform 1xSAMPLES/)
    expect(() => newNetwork('cnn', { ...base, input: [1, 8000] })).toThrow(/sample rate/)
  })
})
