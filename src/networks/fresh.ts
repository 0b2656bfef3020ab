import { didYouMean, expected, UsageError } from '../base/index.js'
import { CANONICAL_IR_VERSION, CANONICAL_OPSET, type Model } from '../onnx/index.js'
import { Net } from './layers.js'
import { type Network, type NetworkKind, networks } from './table.js'

export interface NetworkOptions {
  /** The input's shape without the batch: `[channel, height, width]`, `[channel, sample]`, ... */
  input: readonly number[]
  /** Width of the output: classes, or 1 and more values to regress. */
  classes: number
  /** A whole number from 0; the same seed gives the same bytes. */
  seed: number
}

/**
 * A fresh network: input `input` [batch, ...input], output `logits` [batch, classes], no Softmax.
 * Weights before a rectifier are He normal, others Xavier uniform, biases zero.
 * Throws UsageError for an unknown kind and for an input the network cannot take.
 */
export function newNetwork(kind: NetworkKind, options: NetworkOptions): Model {
  const { input, classes, seed } = options
  const network: Network = networkOf(kind)
  checkInput(kind, network, input)
  if (!Number.isInteger(classes) || classes < 1)
    throw new UsageError(expected('classes', 'a whole number from 1', classes))
  const net = new Net(kind, seed)
  net.output(network.build(net, net.input(input), classes))
  return {
    irVersion: CANONICAL_IR_VERSION,
    opsets: new Map([['', CANONICAL_OPSET]]),
    producer: { name: 'onnx-temper', version: '' },
    metadata: new Map([['temper.network', kind]]),
    graph: net.graph,
  }
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
