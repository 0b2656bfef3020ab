import { describe, expect, it } from 'vitest'
import { keyOf, Random } from '../base/index.js'
import { answersOf } from './answers.js'
import { ConformalFit, ConformalMeter, conformalMethods } from './conformal.js'
import { OutlierMeter } from './detection.js'
import { measure } from './meter.js'

const probabilities = (rows: number[][], labels?: number[]) =>
  answersOf(rows.flat(), { kind: 'probabilities', columns: rows[0].length, labels })

/** Logits that are right as often as they say, and labels drawn from them. */
function drawn(samples: number, seed: number) {
  const random = new Random(keyOf(seed, 'conformal test'))
  const logits = Float64Array.from({ length: 5 * samples }, () => 2 * random.normal())
  const { probabilities: p } = answersOf(logits, { kind: 'logits', columns: 5 })
  const labels = Array.from({ length: samples }, (_, i) => {
    const draw = random.float()
    let sum = 0
    for (let k = 0; k < 4; k++) {
      sum += p[5 * i + k]
      if (draw < sum) return k
    }
    return 4
  })
  return { logits, labels, answers: answersOf(logits, { kind: 'logits', columns: 5, labels }) }
}

describe('prediction sets', () => {
  const row = [0.5, 0.3, 0.15, 0.05]

  it('score as published: 1 - p, the cumulated probability, and a penalty by rank', () => {
    const fit = new ConformalFit()
    fit.update(probabilities([row], [2]))
    // One sample reaches half coverage: its score is the threshold.
    const { thr, aps, raps } = fit.thresholds(0.5)
    expect(thr).toBeCloseTo(0.85, 12)
    expect(aps).toBeCloseTo(0.95, 12)
    expect(raps).toBeCloseTo(0.95 + 2 * 0.1, 12)
  })

  it('hold the classes up to the threshold, and always the most probable', () => {
    const meter = new ConformalMeter({ thr: 0.72, aps: 0.81, raps: 0.2 })
    meter.update(probabilities([row, row], [1, 3]))
    expect(meter.result()).toEqual({
      thr: { coverage: 0.5, size: 2 },
      aps: { coverage: 0.5, size: 2 },
      raps: { coverage: 0, size: 1 },
    })
  })

  it('hold every class where too few samples were held out', () => {
    const fit = new ConformalFit()
    fit.update(probabilities([row], [0]))
    const thresholds = fit.thresholds(0.9)
    expect(thresholds.aps).toBe(Number.POSITIVE_INFINITY)
    const meter = new ConformalMeter(thresholds)
    meter.update(probabilities([row]))
    expect(meter.result()!.aps).toEqual({ size: 4 })
  })

  it('hold the right class as often as asked, on samples like the held-out ones', () => {
    // Over many splits the mean coverage is between c and c + 1 / (n + 1), sets never being empty.
    const splits = 40
    const sums = { thr: 0, aps: 0, raps: 0 }
    for (let seed = 0; seed < splits; seed++) {
      const fit = new ConformalFit()
      fit.update(drawn(200, seed).answers)
      const meter = new ConformalMeter(fit.thresholds(0.9))
      meter.update(drawn(500, 1000 + seed).answers)
      for (const method of conformalMethods) sums[method] += meter.result()![method].coverage!
    }
    // One split's coverage has variance p q / n from both sides: 5 standard errors.
    const error = 5 * Math.sqrt((0.9 * 0.1 * (1 / 200 + 1 / 500)) / splits)
    for (const method of conformalMethods)
      expect(sums[method] / splits, method).toBeGreaterThan(0.9 - error)
    // The others hold the first class too where its own score is above the threshold.
    expect(sums.thr / splits).toBeLessThan(0.9 + 1 / 201 + error)
  })
})

describe('other data told apart', () => {
  it('gives what the paired measures give for as many samples', () => {
    const [inside, outside] = [drawn(300, 1), drawn(300, 2)]
    const meter = new OutlierMeter()
    meter.addInside(inside.answers)
    meter.addOutside(outside.answers)
    const names = ['auroc', 'aupr', 'fpr95', 'aurocEnergy', 'fpr95Entropy', 'auprMaxLogit']
    const options = { kind: 'logits', columns: 5, clean: inside.logits, names } as const
    expect(meter.result()).toMatchObject(
      Object.fromEntries(names.map(name => [name, measure(outside.logits, options)[name]])),
    )
  })

  it('leaves out what has no value', () => {
    const meter = new OutlierMeter()
    meter.addInside(probabilities([[0.7, 0.3]]))
    meter.addOutside(probabilities([[0.5, 0.5]]))
    expect(meter.result()).toEqual({
      ...{ auroc: 1, aupr: 1, fpr95: 0 },
      ...{ aurocEntropy: 1, auprEntropy: 1, fpr95Entropy: 0 },
    })
  })
})

describe('intervals', () => {
  it('of the ECE hold the binned truth', () => {
    let [held, sound] = [0, 0]
    const runs = 60
    for (let seed = 0; seed < runs; seed++) {
      const { logits, labels } = drawn(400, 50 + seed)
      const names = ['ece', 'eceInterval']
      const options = { kind: 'logits', columns: 5, labels, names } as const
      // Three times too sure: the gap is what 20,000 samples say; as it is: none.
      const sure = measure(
        logits.map(z => 3 * z),
        options,
      )
      const [low, high] = sure.eceInterval as [number, number]
      if (low <= overconfidence && overconfidence <= high) held++
      const own = measure(logits, options).eceInterval as [number, number]
      if (own[0] < 0.01) sound++
      expect(sure.ece!).toBeGreaterThanOrEqual(low)
      expect(sure.ece!).toBeLessThanOrEqual(high)
    }
    expect(held).toBeGreaterThanOrEqual(0.9 * runs)
    expect(sound).toBeGreaterThanOrEqual(0.9 * runs)
  })

  const large = drawn(20_000, 49)
  const overconfidence = measure(
    large.logits.map(z => 3 * z),
    { kind: 'logits', columns: 5, labels: large.labels, names: ['ece'] },
  ).ece!
})
