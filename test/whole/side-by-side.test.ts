import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { keyOf, Random } from '../../src/base/index.js'
import type * as Data from '../../src/data/index.js'
import type * as Evaluate from '../../src/evaluate/index.js'
import type * as Model from '../../src/model/index.js'
import { newNetwork } from '../../src/networks/index.js'
import { writeModel } from '../../src/onnx/index.js'

// Worker threads run what was built: a checkout's TypeScript answers in one session.
const built = async <Room>(room: string): Promise<Room> =>
  import(pathToFileURL(`dist/${room}/index.js`).href)
const { memoryDataset } = await built<typeof Data>('data')
const { measureSuite, suiteOf } = await built<typeof Evaluate>('evaluate')
const { modelPredictor, openModel } = await built<typeof Model>('model')

const shape = [1, 12, 12]
const model = writeModel(newNetwork('cnn', { input: shape, classes: 10, seed: 3 }))
const opened = await openModel(model, { sample: shape })
const { preprocess } = opened.found
const plain = await modelPredictor(opened, { sampleShape: shape, preprocess, threads: 3 })
const laned = await plain.inLanes!(true)
afterAll(async () => {
  await laned.close()
  await plain.close()
})

const random = new Random(keyOf(4, 'side by side'))
const values = Uint8Array.from({ length: 90 * 144 }, () => random.below(256))

describe('sessions side by side', () => {
  it('answer as one does, whatever is asked for at once; samples are free again at once', async () => {
    expect(laned.width).toBeGreaterThan(3)
    const sizes = [5, 64, 1, 17, 33, 2, 40, 8, 8, 8, 29, 3, 60]
    const samples = sizes.map(rows =>
      Float32Array.from({ length: rows * 144 }, () => random.float()),
    )
    const wanted = []
    for (const [i, rows] of sizes.entries()) wanted.push(await plain.predict(samples[i], rows))
    const scratch = new Float32Array(64 * 144)
    const asked = sizes.map((rows, i) => {
      scratch.set(samples[i])
      const answer = laned.predict(scratch.subarray(0, rows * 144), rows)
      scratch.fill(Number.NaN)
      return answer
    })
    expect(await Promise.all(asked)).toEqual(wanted)
  })

  it.each(['gaussian', 'weights'])(
    'measure the suite %s to the same figures, in batches of any size',
    async name => {
      const labels = Int32Array.from({ length: 90 }, () => random.below(10))
      const classes = Array.from({ length: 10 }, (_, k) => String(k))
      const made = { name: 'made', format: '', detected: '', kind: 'image' } as const
      const data = memoryDataset({ ...made, shape, values, labels, classes })
      const suite = suiteOf(name, data)
      const measured = (predictor: Model.Predictor, batch: number) =>
        measureSuite({ predictor, data, suite, seed: 1, batch, also: ['all'] })
      const one = await measured(plain, 256)
      for (const batch of [1, 7, 64]) expect(await measured(laned, batch)).toEqual(one)
    },
  )

  it('hand a failure to the one who asked, and go on', async () => {
    const samples = new Float32Array(144)
    const wrong = Array.from({ length: 8 }, () => laned.predict(samples, 2).catch(error => error))
    for (const error of await Promise.all(wrong)) expect(error).toBeInstanceOf(Error)
    expect(await laned.predict(samples, 1)).toEqual(await plain.predict(samples, 1))
  })
})
