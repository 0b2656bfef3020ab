import { conv, dense, flatten, maxPool, type Net, relu, type Value } from './layers.js'

/** One hidden layer of 256. */
export function mlp(net: Net, input: Value, classes: number): Value {
  const hidden = relu(net, dense(net, flatten(net, input), 'fc1', 256))
  return dense(net, hidden, 'fc2', classes)
}

/** Two 3x3 convolutions (16 and 32 channels), each with a pool of 2, then 128 features. */
export function cnn(net: Net, input: Value, classes: number): Value {
  const kernel = [3, 3]
  const first = maxPool(net, relu(net, conv(net, input, 'conv1', { channels: 16, kernel })))
  const second = maxPool(net, relu(net, conv(net, first, 'conv2', { channels: 32, kernel })))
  const hidden = relu(net, dense(net, flatten(net, second), 'fc1', 128))
  return dense(net, hidden, 'fc2', classes)
}

/** Two 5x5 convolutions without padding (20 and 50 channels), each with a pool of 2, then 500 features. */
export function lenet(net: Net, input: Value, classes: number): Value {
  const common = { kernel: [5, 5], pad: 'none' } as const
  const first = maxPool(net, relu(net, conv(net, input, 'conv1', { ...common, channels: 20 })))
  const second = maxPool(net, relu(net, conv(net, first, 'conv2', { ...common, channels: 50 })))
  const hidden = relu(net, dense(net, flatten(net, second), 'fc1', 500))
  return dense(net, hidden, 'fc2', classes)
}
