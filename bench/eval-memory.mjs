// How memory grows with the length of the data: `node bench/eval-memory.mjs [--samples 1000000]
// [--threads 1]`, after `npm run build`. Samples are made as they are read, so that what grows is
// the evaluation's own.
import { parseArgs } from 'node:util'
import { evaluate } from '../dist/evaluate/index.js'
import { newNetwork } from '../dist/networks/index.js'
import { writeModel } from '../dist/onnx/index.js'

const { values: asked } = parseArgs({
  options: {
    samples: { type: 'string', default: '1000000' },
    threads: { type: 'string', default: '1' },
  },
})
const [length, threads] = [Number(asked.samples), Number(asked.threads)]
const shape = [16]
const model = writeModel(newNetwork('mlp', { input: shape, classes: 4, seed: 0 }))
const made = samples => ({
  ...{ name: 'made', format: 'made', detected: 'made as it is read', kind: 'vector', shape },
  ...{ length: samples, immediate: true, hashed: 'its length', classes: ['a', 'b', 'c', 'd'] },
  labels: Int32Array.from({ length: samples }, (_, i) => i % 4),
  id: index => index,
  identity: String,
  read(index, out) {
    for (let k = 0; k < out.length; k++) out[k] = Math.sin(index * (k + 1))
  },
  sha256: async () => `${samples}`,
})
const mebibytes = bytes => Math.round(bytes / 2 ** 20)
for (const samples of [length / 100, length / 10, length]) {
  const data = made(samples)
  const before = process.memoryUsage.rss()
  let most = before
  const onEvent = () => {
    most = Math.max(most, process.memoryUsage.rss())
  }
  const started = performance.now()
  const { conditions } = await evaluate({ model, data, suite: 'gaussian', threads, onEvent })
  const seconds = (performance.now() - started) / 1000
  const answers = samples * (1 + conditions.length)
  console.log(
    `${samples} samples, ${answers} answers: ${mebibytes(before)} MiB before, at most ${mebibytes(most)}, ${((most - before) / samples).toFixed(0)} bytes a sample, ${seconds.toFixed(0)} s`,
  )
}
