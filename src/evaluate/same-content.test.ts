import { describe, expect, it } from 'vitest'
import { keyOf, Random } from '../base/index.js'
import { type Dataset, memoryDataset } from '../data/index.js'
import { newNetwork } from '../networks/index.js'
import { writeModel } from '../onnx/index.js'
import { contentHash, finished } from '../record/index.js'
import { evaluate } from './evaluate.js'

const samples = 60
const random = new Random(keyOf(1, 'same content'))
const labels = Int32Array.from({ length: samples }, () => random.below(10))
const made = { name: 'made', format: '', detected: '', labels }
const classes = Array.from({ length: 10 }, (_, k) => String(k))

const images = memoryDataset({
  ...{ ...made, kind: 'image', shape: [1, 28, 28], classes },
  values: Uint8Array.from({ length: samples * 28 * 28 }, () => random.below(256)),
})
const few: Dataset = { ...images, length: 9, labels: labels.slice(0, 9) }
const table = memoryDataset({
  ...{ ...made, kind: 'vector', shape: [200], classes },
  values: Float32Array.from({ length: samples * 200 }, () => random.normal()),
})
const modelOf = (kind: 'cnn' | 'mlp' | 'transformer', input: readonly number[]) =>
  writeModel(newNetwork(kind, { input, classes: 10, seed: 0 }))

const cnn = modelOf('cnn', [1, 28, 28])
const mlp = modelOf('mlp', [200])
// Its attention multiplies what it computed with what it computed.
const transformer = modelOf('transformer', [1, 28, 28])

const cases: [suite: string, network: string, model: Uint8Array, data: Dataset][] = [
  ['gaussian', 'cnn', cnn, images],
  ['gaussian', 'transformer', transformer, images],
  ['weights', 'cnn', cnn, images],
  ['faults', 'cnn', cnn, images],
  ['quantisation', 'cnn', cnn, images],
  ['activations', 'cnn', cnn, images],
  ['activations', 'transformer', transformer, images],
  ['worst-case', 'cnn', cnn, few],
  ['tabular', 'mlp', mlp, table],
  ['weights', 'mlp', mlp, table],
]

describe('a scorecard has the same content whatever the batch and the threads', () => {
  it.each(cases)(
    '%s of a %s',
    async (suite, _, model, data) => {
      const hashes: Record<string, string> = {}
      for (const threads of [1, 2])
        for (const batch of [1, 7, 256]) {
          const card = await evaluate({ model, data, suite, batch, threads, metrics: ['all'] })
          hashes[`batch ${batch}, threads ${threads}`] = contentHash(finished(card))
        }
      const [first] = Object.values(hashes)
      expect(hashes).toEqual(Object.fromEntries(Object.keys(hashes).map(key => [key, first])))
    },
    300_000,
  )
})
