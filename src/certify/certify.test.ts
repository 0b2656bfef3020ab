import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { DataError, keyOf, Random } from '../base/index.js'
import { memoryDataset, subset } from '../data/index.js'
import { newNetwork } from '../networks/index.js'
import { writeModel } from '../onnx/index.js'
import { contentHash, readDocument } from '../record/index.js'
import { type CertifyOptions, certify } from './certify.js'
import { predict } from './predict.js'
import { leastHits } from './smoothing.js'
import { classesOf } from './subject.js'
import { toTsv } from './tsv.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-certify-'))
afterAll(() => rmSync(folder, { recursive: true }))

const model = writeModel(newNetwork('mlp', { input: [1, 6, 6], classes: 3, seed: 1 }))
const random = new Random(keyOf(2, 'test:data'))
const data = memoryDataset({
  name: 'blobs',
  format: 'memory',
  detected: 'made for a test',
  kind: 'image',
  shape: [1, 6, 6],
  values: Float32Array.from({ length: 24 * 36 }, () => 3 * random.normal()),
  labels: Int32Array.from({ length: 24 }, (_, i) => i % 3),
  classes: ['a', 'b', 'c'],
})
const base = {
  model,
  data,
  sigma: 0.4,
  n0: 20,
  n: 200,
  alpha: 0.01,
  threads: 1,
} satisfies CertifyOptions

describe('certifying a model', () => {
  it('gives a document with radii in physical units, whatever the batch', async () => {
    const seen: number[] = []
    const whole = await certify({ ...base, onEvent: e => seen.push(e.done) })
    expect(whole.samples.length).toBe(24)
    expect(seen).toEqual(Array.from({ length: 24 }, (_, i) => i + 1))
    expect(whole).toMatchObject({ schema: 'temper.certificate/1', sigma: 0.4, labels: 'data' })
    expect(whole.samples.some(s => s.prediction >= 0 && s.radius > 0)).toBe(true)
    const apart = await certify({ ...base, batch: 7 })
    expect(contentHash(apart)).toBe(contentHash(whole))
    expect(toTsv(whole.samples).split('\n').length).toBe(26)
    // Another scale of the model's input is not another radius: noise is added before it.
    const preprocess = { scale: 1, mean: 0, std: 1 } as CertifyOptions['preprocess']
    expect(contentHash(await certify({ ...base, preprocess }))).toBe(contentHash(whole))
  })

  it('keeps what was done, and goes on from it to the same content', async () => {
    const out = join(folder, 'certificate.json')
    const whole = await certify(base)
    const control = new AbortController()
    const onEvent = ({ done }: { done: number }) => done === 21 && control.abort()
    const part = await certify({ ...base, out, signal: control.signal, onEvent })
    expect(part.samples.length).toBe(21)
    expect(readDocument(out, 'temper.certificate/1').samples.length).toBe(21)
    let again = 0
    const rest = await certify({ ...base, out, onEvent: () => again++ })
    expect(again).toBe(3)
    expect(contentHash(rest)).toBe(contentHash(whole))
    expect(JSON.parse(readFileSync(out, 'utf8')).samples.length).toBe(24)
    await expect(certify({ ...base, out, sigma: 0.5 })).rejects.toThrow(/with another sigma/)
  })

  it('numbers the samples of a subset as their source does, with the same noise', async () => {
    const whole = await certify(base)
    const some = await certify({ ...base, data: subset(data, Uint32Array.of(3, 9, 20)) })
    const strip = ({ time: _, ...sample }: (typeof some.samples)[number]) => sample
    expect(some.samples.map(strip)).toEqual([3, 9, 20].map(i => strip(whole.samples[i])))
  })

  it('holds unlabelled samples against the clean answer, and refuses targets', async () => {
    const { labels: _, classes: __, ...bare } = data
    const own = await certify({ ...base, data: bare })
    expect(own.labels).toBe('clean answers')
    const certified = own.samples.filter(s => s.prediction >= 0)
    // A smoothed answer mostly is the clean one.
    expect(certified.filter(s => s.correct).length).toBeGreaterThan(certified.length / 2)
    const targets = new Float32Array(24)
    await expect(certify({ ...base, data: { ...bare, targets } })).rejects.toThrow(DataError)
  })

  it('predicts or abstains', async () => {
    const { samples, summary } = await predict({ ...base, n: 300 })
    const certificate = await certify(base)
    for (const { index, prediction } of certificate.samples)
      if (prediction >= 0) expect([prediction, -1]).toContain(samples[index].prediction)
    const abstained = samples.filter(s => s.prediction < 0)
    expect(summary.abstentionRate).toBe(abstained.length / 24)
    expect(samples.filter(s => s.prediction >= 0).every(s => s.pValue <= 0.01)).toBe(true)
    const right = samples.filter(s => s.prediction === s.label).length
    expect(summary.accuracy).toBe(right / 24)
  })
})

describe('too few copies to be sure of anything', () => {
  it('are refused, from the number on at which a unanimous vote would do', async () => {
    // alpha .01: 2^-7 is below it for certificates, 2^(1-8) for answers.
    await expect(certify({ ...base, n: 6 })).rejects.toThrow(/at least 7 copies.*received 6/)
    await expect(predict({ ...base, n: 7 })).rejects.toThrow(/at least 8 copies.*received 7/)
    expect(leastHits(7, 0.01)).toBe(7)
    expect(leastHits(6, 0.01)).toBe(7) // more than there are
    expect((await certify({ ...base, n: 7 })).samples.some(s => s.prediction >= 0)).toBe(true)
  })
})

describe('the class of an output row', () => {
  it('is the first of the highest, the sign of a single logit, or none', () => {
    const rows = Float32Array.of(1, 3, 3, 2, 1, 0, NaN, 1, 2)
    expect([...classesOf(rows, { outputSize: 3, outputKind: 'logits' })]).toEqual([1, 0, -1])
    const one = Float32Array.of(0.3, 0.7, -1)
    expect([...classesOf(one, { outputSize: 1, outputKind: 'logits' })]).toEqual([1, 1, 0])
    expect([...classesOf(one, { outputSize: 1, outputKind: 'probabilities' })]).toEqual([0, 1, 0])
  })
})
