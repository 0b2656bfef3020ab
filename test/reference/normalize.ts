import {
  broadcastAt,
  type Call,
  eachIndex,
  elementAt,
  type Kernel,
  type Kernels,
  offset,
  range,
  sum,
} from './call.js'

interface Moments {
  mean: number
  variance: number
}

function momentsOf(values: readonly number[]): Moments {
  const mean = sum(values) / values.length
  return { mean, variance: sum(values.map(v => (v - mean) ** 2)) / values.length }
}

/** Moments of the first input by group: elements with the same key fall together. */
function momentsBy(call: Call, keyOf: (index: readonly number[]) => string | number) {
  const { shape, data } = call.value(0)
  const groups = new Map<string | number, number[]>()
  eachIndex(shape, (index, flat) => {
    const key = keyOf(index)
    groups.set(key, [...(groups.get(key) ?? []), data[flat]])
  })
  return new Map([...groups].map(([key, values]) => [key, momentsOf(values)]))
}

const standard = (x: number, { mean, variance }: Moments, epsilon: number) =>
  (x - mean) / Math.sqrt(variance + epsilon)

const batchNormalization: Kernel = call => {
  const [x, scale, bias, mean, variance] = range(5).map(i => call.data(i))
  const epsilon = call.float('epsilon', 1e-5)
  const channel = (index: readonly number[]) => (index.length > 1 ? index[1] : 0)
  const normalize = (moments: (c: number) => Moments) =>
    call.fill((index, flat) => {
      const c = channel(index)
      return scale[c] * standard(x[flat], moments(c), epsilon) + bias[c]
    })
  if (!call.int('training_mode', 0))
    return [normalize(c => ({ mean: mean[c], variance: variance[c] })), mean, variance]
  const current = momentsBy(call, channel)
  const momentum = call.float('momentum', 0.9)
  const running = (old: Float64Array, part: keyof Moments) =>
    old.map((value, c) => value * momentum + current.get(c)![part] * (1 - momentum))
  return [normalize(c => current.get(c)!), running(mean, 'mean'), running(variance, 'variance')]
}

const instanceNormalization: Kernel = call => {
  const [x, scale, bias] = range(3).map(i => call.data(i))
  const key = ([n, c]: readonly number[]) => `${n},${c}`
  const moments = momentsBy(call, key)
  const epsilon = call.float('epsilon', 1e-5)
  return [
    call.fill(
      (i, flat) => scale[i[1]] * standard(x[flat], moments.get(key(i))!, epsilon) + bias[i[1]],
    ),
  ]
}

/** Scale and bias one a channel (opset 21), or one a group (opset 18). */
const groupNormalization: Kernel = call => {
  const [x, scale, bias] = range(3).map(i => call.data(i))
  const channels = call.shape(0)[1]
  const size = channels / call.int('num_groups', 1)
  const key = ([n, c]: readonly number[]) => `${n},${Math.floor(c / size)}`
  const moments = momentsBy(call, key)
  const epsilon = call.float('epsilon', 1e-5)
  const parameter = (c: number) => (scale.length === channels ? c : Math.floor(c / size))
  const element = (index: readonly number[], flat: number) => {
    const p = parameter(index[1])
    return scale[p] * standard(x[flat], moments.get(key(index))!, epsilon) + bias[p]
  }
  return [call.fill(element)]
}

const layerNormalization: Kernel = call => {
  const x = call.value(0)
  const axis = call.axis(call.int('axis', -1), x.shape.length)
  const epsilon = call.float('epsilon', 1e-5)
  const key = (index: readonly number[]) => index.slice(0, axis).join()
  const moments = momentsBy(call, key)
  const y = call.fill((index, flat) => {
    const bias = call.has(2) ? broadcastAt(call.value(2), index) : 0
    return (
      broadcastAt(call.value(1), index) *
        standard(x.data[flat], moments.get(key(index))!, epsilon) +
      bias
    )
  })
  const groups = [...moments.values()]
  return [
    y,
    Float64Array.from(groups, ({ mean }) => mean),
    Float64Array.from(groups, ({ variance }) => 1 / Math.sqrt(variance + epsilon)),
  ]
}

const rmsNormalization: Kernel = call => {
  const x = call.value(0)
  const axis = call.axis(call.int('axis', -1), x.shape.length)
  const epsilon = call.float('epsilon', 1e-5)
  const key = (index: readonly number[]) => index.slice(0, axis).join()
  const moments = momentsBy(call, key)
  const meanSquare = (index: readonly number[]) => {
    const { mean, variance } = moments.get(key(index))!
    return variance + mean * mean
  }
  return [
    call.fill(
      (index, flat) =>
        (x.data[flat] / Math.sqrt(meanSquare(index) + epsilon)) * broadcastAt(call.value(1), index),
    ),
  ]
}

/** y = x / (bias + alpha / size * sum of squares over neighbouring channels)^beta */
const lrn: Kernel = call => {
  const x = call.value(0)
  const size = call.int('size', 1)
  const [alpha, beta, bias] = [
    call.float('alpha', 1e-4),
    call.float('beta', 0.75),
    call.float('bias', 1),
  ]
  const first = Math.floor((size - 1) / 2)
  const element = ([n, c, ...place]: readonly number[], flat: number) => {
    const near = range(size).map(i => elementAt(x, [n, c - first + i, ...place]) ** 2)
    return x.data[flat] / (bias + (alpha / size) * sum(near)) ** beta
  }
  return [call.fill(element)]
}

const meanVarianceNormalization: Kernel = call => {
  const x = call.value(0)
  const axes = call.axes(call.ints('axes', [0, 2, 3]), x.shape.length)
  const key = (index: readonly number[]) =>
    offset(
      index.map((i, axis) => (axes.includes(axis) ? 0 : i)),
      x.shape,
    )
  const moments = momentsBy(call, key)
  return [
    call.fill((index, flat) => {
      const { mean, variance } = moments.get(key(index))!
      return (x.data[flat] - mean) / (Math.sqrt(variance) + 1e-9)
    }),
  ]
}

export const normalize: Kernels = {
  BatchNormalization: batchNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LRN: lrn,
  LayerNormalization: layerNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
  RMSNormalization: rmsNormalization,
  SimplifiedLayerNormalization: rmsNormalization,
}
