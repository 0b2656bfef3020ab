import { cnn, lenet, mlp } from './basic.js'
import type { Net, Value } from './layers.js'
import { resnet } from './residual.js'
import { cnn1d, dsCnn } from './sound.js'
import { transformer } from './transformer.js'

export interface Network {
  /** One line for lists. */
  readonly tldr: string
  /** Ranks an input may have, without the batch. */
  readonly ranks: readonly number[]
  /** What the axes of the input mean, for errors and help. */
  readonly takes: string
  /** The least size of each axis after the first one; a single number holds for all of them. */
  readonly least: readonly number[]
  readonly paper: string
  /** How spectral features lie in its input: as an image, a row a frame, or a channel a band. */
  readonly features: 'plane' | 'rows' | 'channels'
  build(net: Net, input: Value, classes: number): Value
}

const image = '[channel, height, width]'

/** Fresh networks, simplest first. */
export const networks = {
  mlp: {
    tldr: 'one hidden layer of 256 features; takes any shape',
    ranks: [1, 2, 3],
    takes: '[feature] or any other shape, which is flattened',
    least: [1],
    paper: 'Rumelhart et al. 1986, Learning representations by back-propagating errors',
    features: 'plane',
    build: mlp,
  },
  cnn: {
    tldr: 'two 3x3 convolutions (16, 32 channels) with pools, then 128 features',
    ranks: [3],
    takes: image,
    least: [4],
    paper: 'LeCun et al. 1998, Gradient-based learning applied to document recognition',
    features: 'plane',
    build: cnn,
  },
  lenet: {
    tldr: 'two 5x5 convolutions (20, 50 channels) with pools, then 500 features',
    ranks: [3],
    takes: image,
    least: [16],
    paper: 'LeCun et al. 1998, Gradient-based learning applied to document recognition',
    features: 'plane',
    build: lenet,
  },
  resnet8: {
    tldr: 'residual network with batch normalisation, 8 layers (16, 32, 64 channels)',
    ranks: [3],
    takes: image,
    least: [8],
    paper: 'He et al. 2016, Deep residual learning; size of Banbury et al. 2021, MLPerf Tiny',
    features: 'plane',
    build: resnet(1),
  },
  resnet20: {
    tldr: 'residual network with batch normalisation, 20 layers (16, 32, 64 channels)',
    ranks: [3],
    takes: image,
    least: [8],
    paper: 'He et al. 2016, Deep residual learning for image recognition, section 4.2',
    features: 'plane',
    build: resnet(3),
  },
  'ds-cnn': {
    tldr: 'depthwise separable convolutions (64 channels) on a spectrogram, for keyword spotting',
    ranks: [3],
    takes: '[1, time, mel]',
    least: [10, 4],
    paper: 'Zhang et al. 2017, Hello edge: keyword spotting on microcontrollers',
    features: 'plane',
    build: dsCnn,
  },
  cnn1d: {
    tldr: 'four 1-D convolutions with pools on raw audio or another series',
    ranks: [2],
    takes: '[channel, sample]',
    least: [16],
    paper: 'Dai et al. 2017, Very deep convolutional neural networks for raw waveforms (M5)',
    features: 'channels',
    build: cnn1d,
  },
  transformer: {
    tldr: 'encoder of two layers (width 64, 4 heads) over a sequence or the patches of an image',
    ranks: [2, 3],
    takes: `[position, feature] or ${image}`,
    least: [1],
    paper: 'Vaswani et al. 2017, Attention is all you need; patches: Dosovitskiy et al. 2021',
    features: 'rows',
    build: transformer,
  },
} as const satisfies Readonly<Record<string, Network>>

export type NetworkKind = keyof typeof networks
