import { didYouMean, expected, float32Tensor, UsageError } from '../base/index.js'
import { CANONICAL_IR_VERSION, CANONICAL_OPSET, type Model, settingsKey } from '../onnx/index.js'
import { arranged, features } from './features/features.js'
import { type FeatureOptions, type FeatureSettings, featureSettings } from './features/settings.js'
import { Net, type Value } from './layers.js'
import { type Network, type NetworkKind, networks } from './table.js'

export interface NetworkOptions {
  /** The input's shape without the batch: `[channel, height, width]`, `[channel, sample]`, ... */
  input: readonly number[]
  /** Width of the output: classes, or 1 and more values to regress. */
  classes: number
  /** A whole number from 0; the same seed gives the same bytes. */
  seed: number
  /** Spectral features of a waveform `[1, samples]`, computed inside the network. */
  features?: FeatureOptions
  /** Of the waveform, hertz; features need it. */
  sampleRate?: number
  /** Of each feature or channel: the network begins with `(x - mean) / deviation`. */
  standardize?: { readonly mean: readonly number[]; readonly deviation: readonly number[] }
}

/**
 * A fresh network: input `input` [batch, ...input], output `logits` [batch, classes], no Softmax.
 * Layers with a bias start as PyTorch's, uniform within 1 / sqrt(fanIn); convolutions before a
 * normalisation are He normal, projections of attention Xavier uniform.
 * Throws UsageError for an unknown kind and for an input the network cannot take.
 */
export function newNetwork(kind: NetworkKind, options: NetworkOptions): Model {
  const { input, classes, seed } = options
  const network: Network = networkOf(kind)
  const settings = options.features && soundSettings(options)
  if (!settings) checkInput(kind, network, input)
  if (!Number.isInteger(classes) || classes < 1)
    throw new UsageError(expected('classes', 'a whole number from 1', classes))
  const net = new Net(kind, seed)
  const samples = standardized(net, net.input(input), options)
  const x = settings ? arranged(net, features(net, samples, settings), network.features) : samples
  if (settings) checkInput(kind, network, x.shape)
  net.output(network.build(net, x, classes))
  return {
    irVersion: CANONICAL_IR_VERSION,
    opsets: new Map([['', CANONICAL_OPSET]]),
    producer: { name: 'onnx-temper', version: '' },
    metadata: new Map([
      ['temper.network', kind],
      ...settingsOf(net),
      ...soundMetadata(options, settings),
    ]),
    graph: net.graph,
  }
}

/** A feature that never changes is only centred. */
function standardized(net: Net, x: Value, { standardize }: NetworkOptions): Value {
  if (!standardize) return x
  const shape = [x.shape[0], ...x.shape.slice(1).map(() => 1)]
  const column = (name: string, values: readonly number[]) =>
    net.fixed(name, float32Tensor(values, shape))
  const deviation = standardize.deviation.map(d => (d > 0 ? d : 1))
  const mean = column('input.mean', standardize.mean)
  const centred = net.node('Sub', [x.name, mean], 'input.centred', x.shape)
  const divisor = column('input.deviation', deviation)
  return net.node('Div', [centred.name, divisor], 'input.standardized', x.shape)
}

/** Features complete for the waveform; throws UsageError where the input is none. */
function soundSettings({ input, features, sampleRate }: NetworkOptions): FeatureSettings {
  if (input.length !== 2 || input[0] !== 1)
    throw new UsageError(
      expected('input', 'a waveform 1xSAMPLES, as features are computed from', input.join('x')),
    )
  if (!sampleRate)
    throw new UsageError('features: they need the sample rate of the waveform, in hertz.')
  return featureSettings(features!, { sampleRate, samples: input[1] })
}

/** What tells whoever opens the file which tensors are no weights. */
function settingsOf({ settings }: Net): [string, string][] {
  return settings.length ? [[settingsKey, JSON.stringify(settings)]] : []
}

/** What recordings it takes. */
function soundMetadata({ input }: NetworkOptions, settings?: FeatureSettings): [string, string][] {
  if (!settings) return []
  const { sampleRate } = settings
  return [
    ['temper.features', JSON.stringify(settings)],
    ['temper.preprocess', JSON.stringify({ sampleRate, seconds: input[1] / sampleRate })],
  ]
}

function networkOf(kind: string): Network {
  if (Object.hasOwn(networks, kind)) return networks[kind as NetworkKind]
  const kinds = Object.keys(networks)
  throw new UsageError(
    expected('network', `one of ${kinds.join(', ')}`, kind, didYouMean(kind, kinds).trim()),
  )
}

function checkInput(kind: string, network: Network, input: readonly number[]): void {
  const shown = input.join('x')
  if (!input.length || !input.every(size => Number.isSafeInteger(size) && size >= 1))
    throw new UsageError(
      expected('input', 'whole sizes from 1, such as 1x28x28', shown || 'nothing'),
    )
  if (!network.ranks.includes(input.length))
    throw new UsageError(
      expected('input', `${network.takes} for ${kind}`, shown, 'mlp takes any shape.'),
    )
  const sizes = input.slice(1)
  const least = sizes.map((_, i) => network.least[Math.min(i, network.least.length - 1)])
  if (sizes.some((size, i) => size < least[i]))
    throw new UsageError(
      expected(
        'input',
        `at least ${least.join('x')} after the first axis for ${kind}`,
        shown,
        'Smaller ones vanish in its convolutions and pools; mlp takes any size.',
      ),
    )
}
