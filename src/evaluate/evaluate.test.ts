import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { keyOf, Random, UsageError } from '../base/index.js'
import { memoryDataset } from '../data/index.js'
import { newNetwork } from '../networks/index.js'
import { writeModel } from '../onnx/index.js'
import { checkDocument, contentHash, finished, type Scorecard } from '../record/index.js'
import { evaluate } from './evaluate.js'
import type { Suite } from './suites/suite.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-evaluate-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

const network = writeModel(newNetwork('cnn', { input: [1, 28, 28], classes: 10, seed: 0 }))

function images(samples: number, side = 28, count = 10) {
  const random = new Random(keyOf(1, 'evaluate test'))
  const values = Uint8Array.from({ length: samples * side * side }, () => random.below(256))
  const labels = Int32Array.from({ length: samples }, () => random.below(count))
  const classes = Array.from({ length: count }, (_, k) => String(k))
  const made = { name: 'made', format: '', detected: '', kind: 'image' } as const
  return memoryDataset({ ...made, shape: [1, side, side], values, labels, classes })
}

/** What two scorecards of the same measuring have alike. */
const hashOf = (card: Scorecard) => contentHash(finished(card))

describe('evaluate', () => {
  it('has other content with another seed', async () => {
    const options = { model: network, data: images(33), suite: 'gaussian', threads: 1 }
    const [first, other] = [await evaluate(options), await evaluate({ ...options, seed: 1 })]
    expect(hashOf(other)).not.toBe(hashOf(first))
  })

  it('holds every measure that was asked for, and is a whole document', async () => {
    const data = images(60)
    const card = await evaluate({
      ...{ model: network, data, suite: 'gaussian', threads: 1, metrics: ['all'] },
      ...{ conformal: images(50), ood: images(40), flipLevel: 'gaussian', baseline: 'alexnet' },
    }).catch(error => error)
    // AlexNet has no errors of plain gaussian noise.
    expect(card).toBeInstanceOf(Error)
    const done = await evaluate({
      ...{ model: network, data, suite: 'gaussian', threads: 1, metrics: ['all'] },
      ...{ conformal: images(50), ood: images(40), flipLevel: 'gaussian' },
    })
    checkDocument(JSON.parse(JSON.stringify(finished(done))), 'made', 'temper.scorecard/1')
    const { measures } = done.conditions[0]
    expect(done.conditions[0]).toMatchObject({ levelName: 'sigma', identity: 0 })
    expect(done.conditions[0].suite).toBeUndefined()
    for (const name of ['aurc', 'augrc', 'adaptiveCalibrationError', 'aurocEnergy', 'eceInterval'])
      expect(measures, name).toHaveProperty(name)
    expect(measures.conformal!.thr.coverage).toBeGreaterThanOrEqual(0)
    expect(done.outOfDistribution!.measures.auroc).toBeGreaterThan(0.3)
    expect(done.flipLevels!.samples).toHaveLength(60)
    expect(done.classDrops).toHaveLength(10)
  })

  it('takes labels by the names of the classes that a model says it has', async () => {
    const names = [...'abcdefghij']
    const made = newNetwork('cnn', { input: [1, 28, 28], classes: 10, seed: 0 })
    const metadata = new Map([...made.metadata, ['temper.classes', JSON.stringify(names)]])
    const model = writeModel({ ...made, metadata })
    const data = { ...images(60), classes: names }
    const options = { model, suite: 'gaussian', threads: 1 }
    const { clean } = await evaluate({ ...options, data })
    const turned = data.labels!.map(label => 9 - label)
    const backwards = { ...data, classes: [...names].reverse(), labels: turned }
    expect((await evaluate({ ...options, data: backwards })).clean).toEqual(clean)
    const few = { ...data, classes: ['c', 'j'], labels: data.labels!.map(label => label % 2) }
    const { classAccuracy } = (await evaluate({ ...options, data: few })).clean
    expect(classAccuracy!.flatMap((share, k) => (share === null ? [] : [k]))).toEqual([2, 9])
    const strange = { ...few, classes: ['c', 'horse'] }
    await expect(evaluate({ ...options, data: strange })).rejects.toThrow(/the class "horse"/)
  })

  it('counts a noise as seen under the name of one that is the same', async () => {
    const seenOf = async (seen: string[], kinds: string[]) => {
      const conditions = kinds.map(kind => ({
        ...{ at: 'input' as const, kind, severity: 1, clip: [0, 1] as const, draws: 1 },
        level: { sigma: 0.1 },
      }))
      const suite = { name: 'own', preset: '', tldr: '', conditions }
      const card = await evaluate({ model: network, data: images(8), suite, threads: 1, seen })
      return card.conditions.map(condition => condition.seen)
    }
    const kinds = ['gaussian', 'gaussian_noise', 'speckle_noise', 'gaussian_blur']
    expect(await seenOf(['input:gaussian'], kinds)).toEqual([true, true, false, false])
    expect(await seenOf(['input:gaussian_noise'], kinds)).toEqual([true, true, false, false])
    expect(await seenOf(['input:blur', 'input:speckle'], kinds)).toEqual([false, false, true, true])
  })

  it('warns of classes that are fewer than the model has, unless they are numbered', async () => {
    const options = { model: network, suite: 'gaussian', threads: 1 }
    const numbered = images(20, 28, 3)
    const warningsOf = async (classes: string[]) =>
      (await evaluate({ ...options, data: { ...numbered, classes } })).warnings?.join(' ') ?? ''
    expect(await warningsOf(['bee', 'cat', 'dog'])).toMatch(
      /3 classes and the model answers 10: "bee" is taken for its class 0/,
    )
    expect(await warningsOf(['0', '1', '2'])).not.toMatch(/is taken for/)
  })

  it('takes a scorecard as the baseline of corruption errors', async () => {
    const data = images(80)
    const first = await evaluate({ model: network, data, suite: 'gaussian', threads: 1 })
    const path = join(folder, 'baseline.json')
    writeFileSync(path, JSON.stringify(finished(first)))
    const options = { model: network, data, suite: 'gaussian', threads: 1, baseline: path }
    const { summary, corruptionErrors } = await evaluate(options)
    expect(summary.meanCorruptionError).toBeCloseTo(1, 12)
    expect(corruptionErrors!.baseline).toBe('bytes')
  })
})

/** Answers 1 where the mean of a sample is above `threshold`. */
const brighter = (threshold: number) => (samples: Float32Array, rows: number) => {
  const size = samples.length / rows
  return Float32Array.from({ length: 2 * rows }, (_, i) => {
    const row = samples.subarray((i >> 1) * size, ((i >> 1) + 1) * size)
    const mean = row.reduce((sum, v) => sum + v, 0) / size
    return i % 2 ? mean - threshold : 0
  })
}

describe('the level that changes an answer', () => {
  it('is found by bisection, sample by sample', async () => {
    // Brightness is deterministic: mean .5 + c crosses .8 at c = .3, and no level makes .1 of .5.
    const values = new Float32Array(3 * 16).fill(0.5)
    values.fill(0.9, 16, 32)
    const made = {
      name: 'made',
      format: '',
      detected: '',
      kind: 'image',
      shape: [1, 4, 4],
    } as const
    const data = memoryDataset({ ...made, values })
    const { flipLevels } = await evaluate({
      ...{ predict: brighter(0.8), outputs: 2, data, suite: 'gaussian', flipLevel: 'brightness' },
    })
    const { samples, strongest, unmoved, levelName } = flipLevels!
    expect(levelName).toBe('shift')
    // Bytes are floored, so it takes up to one more.
    expect(Math.abs(samples[0]! - 0.302)).toBeLessThan(1 / 255 + strongest / 1000)
    expect(samples[1]).toBeNull()
    expect(samples[2]).toBe(samples[0])
    expect(unmoved).toBeCloseTo(1 / 3, 12)
  })

  it('is refused for what has no strength', async () => {
    const options = { predict: brighter(0.5), outputs: 2, data: images(4, 4, 2), suite: 'gaussian' }
    await expect(evaluate({ ...options, flipLevel: 'gausian' })).rejects.toThrow(
      /Did you mean gaussian/,
    )
    await expect(evaluate({ ...options, suite: 'worst-case' })).rejects.toThrow(UsageError)
  })
})

describe('attacks', () => {
  it('change more answers the further they reach, and stay within their radius', async () => {
    const data = images(16)
    const { conditions, clean } = await evaluate({
      ...{ model: network, data, suite: 'worst-case', threads: 1 },
    })
    const losses = (kind: string) =>
      conditions.filter(c => c.kind === kind).map(c => c.measures.loss!)
    expect(conditions[0]).toMatchObject({ kind: 'fast_gradient_sign', identity: 0 })
    for (const kind of ['fast_gradient_sign', 'projected_gradient', 'projected_gradient_l2']) {
      const found = losses(kind)
      expect(found).toHaveLength(4)
      found.reduce((before, loss) => {
        expect(loss, kind).toBeGreaterThan(before)
        return loss
      }, clean.loss!)
    }
  }, 120_000)
})

describe('corrupted images kept on disk', () => {
  it('give the same scorecard the next time, and stay under the limit', async () => {
    vi.stubEnv('XDG_CACHE_HOME', folder)
    const data = images(1000, 8)
    const predict = brighter(0.5)
    const suite: Suite = {
      name: 's',
      preset: '',
      tldr: '',
      conditions: [1, 2, 2].map(
        severity =>
          ({
            ...{ at: 'input', kind: 'contrast', severity, level: { factor: 0.2 * severity } },
            ...{ clip: 'physical', draws: 1 },
          }) as const,
      ),
    }
    const run = () =>
      evaluate({ predict, outputs: 2, data: { ...data, labels: undefined }, suite, batch: 300 })
    const first = await run()
    const kept = join(folder, 'temper/corrupted')
    const files = readdirSync(kept)
    expect(files).toHaveLength(2) // two conditions are one and the same
    for (const file of files) expect(statSync(join(kept, file)).size).toBe(1000 * 64 + 32)
    expect(hashOf(await run())).toBe(hashOf(first))
    // A damaged file is made anew.
    writeFileSync(join(kept, files[0]), new Uint8Array(1000 * 64 + 32))
    expect(hashOf(await run())).toBe(hashOf(first))
    vi.stubEnv('TEMPER_CACHE_MB', '0.07')
    rmSync(join(kept, files[0]))
    await run()
    expect(readdirSync(kept)).toHaveLength(1)
  })
})
