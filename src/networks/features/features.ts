import { float32Tensor, int64Tensor, UsageError } from '../../base/index.js'
import { int, ints, text } from '../../onnx/index.js'
import type { Net, Value } from '../layers.js'
import { cosineTransform, fourierKernels, hann } from './fourier.js'
import { melFilters } from './mel.js'
import type { FeatureSettings } from './settings.js'

/**
 * A waveform [1, samples] as features [feature, frame], frame `t` centred on sample `t * hop`:
 * the definition of torchaudio's MelSpectrogram and MFCC (power 2, Hann window, mirrored ends).
 * All of it is standard operators a gradient passes, so noise and attacks can stand before it.
 */
export function features(net: Net, input: Value, settings: FeatureSettings): Value {
  const mel = melEnergies(net, input, settings)
  const log = settings.log === 'natural' ? naturalLog(net, mel) : decibels(net, mel)
  if (settings.kind === 'log-mel') return log
  const { coefficients, bands } = settings
  return product(net, log, 'features.dct', coefficients, cosineTransform(coefficients, bands))
}

/** mel = M (re^2 + im^2), [band, frame]; M stands twice beside itself, for both squares. */
function melEnergies(net: Net, input: Value, settings: FeatureSettings): Value {
  const { fftSize, sampleRate, bands, range, melScale, melNorm } = settings
  const shape = { bands, bins: fftSize / 2 + 1, sampleRate, range }
  const filters = melFilters({ ...shape, scale: melScale, norm: melNorm })
  const deaf = filters.findIndex(filter => !filter.some(weight => weight > 0))
  if (deaf >= 0)
    throw new UsageError(
      `features: band ${deaf + 1} of ${bands} lies between two frequencies of a transform of ${fftSize} samples. Take fewer bands, or a longer fftSize.`,
    )
  // Frequencies that no band hears are not computed.
  const bins = Array.from({ length: shape.bins }, (_, bin) => bin).filter(bin =>
    filters.some(filter => filter[bin] > 0),
  )
  const spectrum = shortTimeFourier(net, input, settings, bins)
  const squares = net.node(
    'Mul',
    [spectrum.name, spectrum.name],
    'features.squares',
    spectrum.shape,
  )
  const weights = filters.flatMap(filter => [...bins, ...bins].map(bin => filter[bin]))
  return product(net, squares, 'features.mel', bands, Float32Array.from(weights))
}

/** [1, samples] to real and imaginary parts [2 * bins, frame]; the ends are mirrored, as `center=True`. */
function shortTimeFourier(
  net: Net,
  input: Value,
  { fftSize, window, hop }: FeatureSettings,
  bins: readonly number[],
): Value {
  const samples = input.shape[1]
  // The window stands in the middle of the transform; what lies outside it is not padded.
  const outside = (fftSize - window) >> 1
  const before = (fftSize >> 1) - outside
  const after = (fftSize >> 1) - (fftSize - window - outside)
  const pads = net.fixed('features.pads', int64Tensor([0, 0, before, 0, 0, after]))
  const padded = net.node('Pad', [input.name, pads], 'features.padded', [1, samples + window], {
    mode: text('reflect'),
  })
  const kernels = fourierKernels(fftSize, hann(window), bins)
  const shape = [2 * bins.length, 1, window]
  const weight = net.fixed('features.fourier', float32Tensor(kernels, shape))
  const frames = 1 + Math.floor(samples / hop)
  return net.node('Conv', [padded.name, weight], 'features.spectrum', [shape[0], frames], {
    kernel_shape: ints([window]),
    strides: ints([hop]),
  })
}

/** W x for [in, frame], as a convolution of width 1. */
function product(net: Net, x: Value, name: string, rows: number, weights: Float32Array): Value {
  const [columns, frames] = x.shape
  const weight = net.fixed(name, float32Tensor(weights, [rows, columns, 1]))
  return net.node('Conv', [x.name, weight], `${name}.out`, [rows, frames], {
    kernel_shape: ints([1]),
  })
}

/** ln(x + 1e-6). */
function naturalLog(net: Net, x: Value): Value {
  const sum = net.node(
    'Add',
    [x.name, net.factor('features.offset', 1e-6)],
    'features.raised',
    x.shape,
  )
  return net.node('Log', [sum.name], 'features.log', x.shape)
}

/** max(d, max(d) - 80) with d = 10 log10(max(x, 1e-10)), the loudest of the recording. */
function decibels(net: Net, x: Value): Value {
  const above = net.node(
    'Max',
    [x.name, net.factor('features.least', 1e-10)],
    'features.above',
    x.shape,
  )
  const log = net.node('Log', [above.name], 'features.ln', x.shape)
  const ten = net.factor('features.ten', 10 / Math.LN10)
  const level = net.node('Mul', [log.name, ten], 'features.level', x.shape)
  const axes = net.fixed('features.axes', int64Tensor([1, 2]))
  const loudest = net.node('ReduceMax', [level.name, axes], 'features.loudest', [1, 1], {
    keepdims: int(1),
  })
  const range = net.factor('features.span', 80)
  const quietest = net.node('Sub', [loudest.name, range], 'features.quietest', [1, 1])
  return net.node('Max', [level.name, quietest.name], 'features.decibel', x.shape)
}

/** [feature, frame] in the order a network reads it. */
export function arranged(net: Net, x: Value, order: 'plane' | 'rows' | 'channels'): Value {
  if (order === 'channels') return x
  const [bands, frames] = x.shape
  const rows = net.node('Transpose', [x.name], 'features.rows', [frames, bands], {
    perm: ints([0, 2, 1]),
  })
  if (order === 'rows') return rows
  const axes = net.fixed('features.axis', int64Tensor([1]))
  return net.node('Unsqueeze', [rows.name, axes], 'features.plane', [1, frames, bands])
}
