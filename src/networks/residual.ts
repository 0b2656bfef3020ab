import {
  add,
  batchNorm,
  type ConvOptions,
  conv,
  dense,
  globalAverage,
  type Net,
  relu,
  type Value,
} from './layers.js'

/** A convolution without bias and its batch normalisation. */
export function convNorm(net: Net, x: Value, name: string, options: ConvOptions): Value {
  return batchNorm(net, conv(net, x, name, { ...options, bias: false }), `${name}.norm`)
}

/** y = relu(F(x) + shortcut(x)): two 3x3 convolutions, and a 1x1 projection where the shape changes. */
function block(net: Net, x: Value, name: string, channels: number, stride: number): Value {
  const kernel = [3, 3]
  const first = relu(net, convNorm(net, x, `${name}.conv1`, { channels, kernel, stride }))
  const second = convNorm(net, first, `${name}.conv2`, { channels, kernel })
  const changes = stride > 1 || channels !== x.shape[0]
  const shortcut = changes
    ? convNorm(net, x, `${name}.shortcut`, { channels, kernel: [1, 1], stride })
    : x
  return relu(net, add(net, second, shortcut, `${name}.sum`))
}

/**
 * A residual network for small images with `blocks` blocks in each of three stages (16, 32, 64
 * channels): 2 + 6 blocks layers deep, shortcuts by projection where the shape changes.
 */
export function resnet(blocks: number) {
  return (net: Net, input: Value, classes: number): Value => {
    let x = relu(net, convNorm(net, input, 'conv1', { channels: 16, kernel: [3, 3] }))
    for (const [stage, channels] of [16, 32, 64].entries())
      for (let i = 0; i < blocks; i++)
        x = block(net, x, `stage${stage + 1}.block${i + 1}`, channels, stage && !i ? 2 : 1)
    return dense(net, globalAverage(net, x), 'fc', classes)
  }
}
