import { dense, globalAverage, maxPool, type Net, relu, type Value } from './layers.js'
import { convNorm } from './residual.js'

/**
 * Keyword spotting on a spectrogram [1, time, mel]: a 10x4 convolution of stride 2, then four
 * depthwise separable blocks of 64 channels and a mean over all positions.
 */
export function dsCnn(net: Net, input: Value, classes: number): Value {
  const channels = 64
  let x = relu(net, convNorm(net, input, 'conv1', { channels, kernel: [10, 4], stride: 2 }))
  for (let i = 1; i <= 4; i++) {
    const depthwise = { channels, kernel: [3, 3], depthwise: true }
    x = relu(net, convNorm(net, x, `block${i}.depthwise`, depthwise))
    x = relu(net, convNorm(net, x, `block${i}.pointwise`, { channels, kernel: [1, 1] }))
  }
  return dense(net, globalAverage(net, x), 'fc', classes)
}

/**
 * A network on the waveform or any series [channel, length]: a wide first convolution (80 samples
 * at stride 16; 9 at stride 1 for series under 4,096 long), then three of width 3, each followed by
 * a pool of 4 while there is length to pool, and a mean over time.
 */
export function cnn1d(net: Net, input: Value, classes: number): Value {
  const isLong = input.shape[1] >= 4096
  const stem = isLong ? { kernel: [80], stride: 16 } : { kernel: [9], stride: 1 }
  let x = pooled(net, relu(net, convNorm(net, input, 'conv1', { channels: 32, ...stem })))
  for (const [i, channels] of [32, 64, 64].entries())
    x = pooled(net, relu(net, convNorm(net, x, `conv${i + 2}`, { channels, kernel: [3] })))
  return dense(net, globalAverage(net, x), 'fc', classes)
}

function pooled(net: Net, x: Value): Value {
  return x.shape[1] < 4 ? x : maxPool(net, x, 4)
}
