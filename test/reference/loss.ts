import { type Call, eachIndex, type Kernel, type Kernels, offset, sum } from './call.js'

/** Weight and label of every position: what loss operators count. */
function positions(call: Call, logP: Float64Array) {
  const shape = call.shape(0)
  const ignored = call.attribute('ignore_index') && call.int('ignore_index', 0)
  const found: { loss: number; weight: number }[] = []
  eachIndex(call.shape(1), index => {
    const label = call.data(1)[found.length]
    const [batch, ...rest] = index
    const kept = label !== ignored
    const weight = kept ? (call.has(2) ? call.data(2)[label] : 1) : 0
    const loss = kept ? -weight * logP[offset([batch, label, ...rest], shape)] : 0
    found.push({ loss, weight })
  })
  return found
}

function reduced(call: Call, logP: Float64Array): Float64Array {
  const found = positions(call, logP)
  const total = sum(found.map(({ loss }) => loss))
  const reduction = call.text('reduction', 'mean')
  if (reduction === 'none') return Float64Array.from(found, ({ loss }) => loss)
  if (reduction === 'sum') return Float64Array.of(total)
  return Float64Array.of(total / sum(found.map(({ weight }) => weight)))
}

/** ln softmax along axis 1. */
function logSoftmax(call: Call): Float64Array {
  const { shape, data } = call.value(0)
  const out = new Float64Array(data.length)
  const [batch, classes, ...rest] = shape
  eachIndex([batch, ...rest], ([sample, ...place]) => {
    const at = Array.from({ length: classes }, (_, c) => offset([sample, c, ...place], shape))
    const top = Math.max(...at.map(i => data[i]))
    const norm = top + Math.log(sum(at.map(i => Math.exp(data[i] - top))))
    for (const i of at) out[i] = data[i] - norm
  })
  return out
}

const negativeLogLikelihood: Kernel = call => [reduced(call, call.data(0))]

const softmaxCrossEntropy: Kernel = call => {
  const logP = logSoftmax(call)
  return [reduced(call, logP), logP]
}

export const lossKernels: Kernels = {
  NegativeLogLikelihoodLoss: negativeLogLikelihood,
  SoftmaxCrossEntropyLoss: softmaxCrossEntropy,
}
