import { float32Tensor, keyOf, Random, sizeOf, type Tensor, UsageError } from '../base/index.js'
import { type Attributes, emptyGraph, float, type Graph, int, ints } from '../onnx/index.js'

/** A value in the network; its shape is without the batch. */
export interface Value {
  readonly name: string
  readonly shape: readonly number[]
}

/** What one flat memory holds with Adam's state beside the parameters. */
const maxParameters = 140e6

/**
 * A network in the making. Every parameter is drawn from a key of its own, so its first values
 * depend on the seed and its name alone.
 */
export class Net {
  readonly graph: Graph
  /** Initializers that are settings, not learned. */
  readonly settings: string[] = []
  private parameters = 0

  constructor(
    name: string,
    private readonly seed: number,
  ) {
    this.graph = emptyGraph(name)
  }

  input(shape: readonly number[]): Value {
    this.graph.inputs.push({ name: 'input', dtype: 'float32', shape: ['batch', ...shape] })
    return { name: 'input', shape }
  }

  /** Adds a node named after its output. */
  node(
    op: string,
    inputs: readonly string[],
    name: string,
    shape: readonly number[],
    attributes: Attributes = {},
  ): Value {
    this.graph.nodes.push({
      name,
      op,
      domain: '',
      inputs: [...inputs],
      outputs: [name],
      attributes,
    })
    return { name, shape }
  }

  /** A parameter whose elements come one by one from `draw`. */
  parameter(name: string, shape: readonly number[], draw: (random: Random) => number): string {
    this.parameters += sizeOf(shape)
    if (this.parameters > maxParameters)
      throw new UsageError(
        `The network would have more than ${maxParameters / 1e6} million parameters at "${name}"; give a smaller input or another network.`,
      )
    const random = new Random(keyOf(this.seed, `init:${name}`))
    const data = Float32Array.from({ length: sizeOf(shape) }, () => draw(random))
    this.graph.initializers.set(name, float32Tensor(data, shape))
    return name
  }

  /** A tensor that is no parameter. */
  fixed(name: string, value: Tensor): string {
    this.graph.initializers.set(name, value)
    this.settings.push(name)
    return name
  }

  /** A single number; a Constant node, unlike an initializer, is no parameter to whoever opens the file. */
  factor(name: string, value: number): string {
    const constant = { value: { type: 'tensor', value: float32Tensor([value], []) } } as const
    return this.node('Constant', [], name, [], constant).name
  }

  output({ name, shape }: Value): void {
    const node = this.graph.nodes.find(n => n.outputs[0] === name)!
    node.outputs = ['logits']
    this.graph.outputs.push({ name: 'logits', dtype: 'float32', shape: ['batch', ...shape] })
  }
}

/** He normal: N(0, 2 / fanIn), for layers before a normalisation. He et al. 2015, equation 10. */
export function he(fanIn: number): (random: Random) => number {
  const deviation = Math.sqrt(2 / fanIn)
  return random => deviation * random.normal()
}

/**
 * U(-a, a), a = 1 / sqrt(fanIn), for layers with a bias and for that bias: He uniform whose gain is
 * that of a leaky rectifier of slope sqrt(5), as PyTorch begins. No tails: the largest weight is 1.7
 * deviations, where 200,000 normal ones reach 4.5, so noise relative to it is far milder.
 */
export function fanInUniform(fanIn: number): (random: Random) => number {
  const bound = 1 / Math.sqrt(fanIn)
  return random => bound * (2 * random.float() - 1)
}

/** Xavier uniform: U(-a, a), a = sqrt(6 / (fanIn + fanOut)). Glorot and Bengio 2010, equation 16. */
export function xavier(fanIn: number, fanOut: number): (random: Random) => number {
  const bound = Math.sqrt(6 / (fanIn + fanOut))
  return random => bound * (2 * random.float() - 1)
}

export const zero = () => 0
const one = () => 1

export interface ConvOptions {
  channels: number
  /** One size a spatial axis. */
  kernel: readonly number[]
  stride?: number
  /** `same` pads so that the output has ceil(size / stride) positions; `none` does not pad. */
  pad?: 'same' | 'none'
  /** Each channel by itself. */
  depthwise?: boolean
  /** Without a bias, before a normalisation. */
  bias?: boolean
}

/** A convolution, [channel, ...size] to [channels, ...size]. */
export function conv(net: Net, x: Value, name: string, options: ConvOptions): Value {
  const { channels, kernel, stride = 1, pad = 'same', depthwise = false, bias = true } = options
  const [channelsIn, ...size] = x.shape
  const group = depthwise ? channelsIn : 1
  const fanIn = (channelsIn / group) * sizeOf(kernel)
  const draw = bias ? fanInUniform(fanIn) : he(fanIn)
  const shape = [channels, channelsIn / group, ...kernel]
  const inputs = [x.name, net.parameter(`${name}.weight`, shape, draw)]
  if (bias) inputs.push(net.parameter(`${name}.bias`, [channels], draw))
  const pads = size.map((s, i) => (pad === 'same' ? samePad(s, kernel[i], stride) : [0, 0]))
  const sizeOut = size.map((s, i) => floorDivide(s + sizeOfPads(pads[i]) - kernel[i], stride) + 1)
  return net.node('Conv', inputs, name, [channels, ...sizeOut], {
    kernel_shape: ints(kernel),
    strides: ints(size.map(() => stride)),
    pads: ints([...pads.map(p => p[0]), ...pads.map(p => p[1])]),
    ...(group > 1 && { group: int(group) }),
  })
}

const floorDivide = (a: number, b: number) => Math.floor(a / b)
const sizeOfPads = ([before, after]: readonly number[]) => before + after

/** Zeros before and after, for ceil(size / stride) outputs; the odd one goes after. */
function samePad(size: number, kernel: number, stride: number): [number, number] {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + kernel - size, 0)
  return [Math.floor(total / 2), Math.ceil(total / 2)]
}

/** A layer x W^T + b, [features] to [width]. */
export function dense(net: Net, x: Value, name: string, width: number): Value {
  const [features] = x.shape
  const draw = fanInUniform(features)
  const weight = net.parameter(`${name}.weight`, [width, features], draw)
  const bias = net.parameter(`${name}.bias`, [width], draw)
  return net.node('Gemm', [x.name, weight, bias], name, [width], { transB: int(1) })
}

/** Batch normalisation over the channels, with running statistics 0 and 1. Ioffe and Szegedy 2015. */
export function batchNorm(net: Net, x: Value, name: string): Value {
  const shape = [x.shape[0]]
  const inputs = [
    x.name,
    net.parameter(`${name}.scale`, shape, one),
    net.parameter(`${name}.bias`, shape, zero),
    net.parameter(`${name}.mean`, shape, zero),
    net.parameter(`${name}.variance`, shape, one),
  ]
  return net.node('BatchNormalization', inputs, name, x.shape, {
    epsilon: float(1e-5),
    momentum: float(0.9),
  })
}

/** Layer normalisation over the last axis. Ba et al. 2016. */
export function layerNorm(net: Net, x: Value, name: string): Value {
  const shape = x.shape.slice(-1)
  const scale = net.parameter(`${name}.scale`, shape, one)
  const bias = net.parameter(`${name}.bias`, shape, zero)
  return net.node('LayerNormalization', [x.name, scale, bias], name, x.shape, {
    axis: int(-1),
    epsilon: float(1e-5),
  })
}

export function relu(net: Net, x: Value): Value {
  return net.node('Relu', [x.name], `${x.name}.relu`, x.shape)
}

/** Max pooling without overlap; positions that do not fill a window are dropped. */
export function maxPool(net: Net, x: Value, window = 2): Value {
  const [channels, ...size] = x.shape
  const shape = [channels, ...size.map(s => floorDivide(s, window))]
  const windows = ints(size.map(() => window))
  return net.node('MaxPool', [x.name], `${x.name}.pool`, shape, {
    kernel_shape: windows,
    strides: windows,
  })
}

export function flatten(net: Net, x: Value): Value {
  if (x.shape.length === 1) return x
  return net.node('Flatten', [x.name], `${x.name}.flat`, [sizeOf(x.shape)], { axis: int(1) })
}

/** The mean over all positions, as features. */
export function globalAverage(net: Net, x: Value): Value {
  const shape = [x.shape[0], ...x.shape.slice(1).map(() => 1)]
  return flatten(net, net.node('GlobalAveragePool', [x.name], `${x.name}.mean`, shape))
}

export function add(net: Net, a: Value, b: Value, name: string): Value {
  return net.node('Add', [a.name, b.name], name, a.shape)
}
