import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError, ModelError, UsageError } from '../base/index.js'
import { type Answers, answersOf } from './answers.js'
import { Meter, measure, measureRegression } from './meter.js'
import { metrics } from './table.js'

const golden = new URL('../../test/golden/metrics/', import.meta.url)
const names = /NAMES = \[([^\]]*)\]/
  .exec(readFileSync(new URL('metrics.py', golden), 'utf8'))![1]
  .match(/\w+/g) as string[]

interface Table {
  clean: Float64Array
  noisy: Float64Array
  labels: number[]
  columns: number
}

/** The whole-number recipe of metrics.py. */
function table(i: number): Table {
  let state = (Math.imul(i, 747796405) + 2891336453) >>> 0
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 16
  }
  const samples = 2 + (draw() % 59)
  const drawn = 2 + (draw() % 6)
  const [step, columns] = i % 2 === 0 ? [64, drawn] : [4, 2]
  const logit = () => Math.floor((draw() % 1024) / (1024 / (16 * step))) / step - 8
  const rows = () => Float64Array.from({ length: samples * columns }, logit)
  const [clean, noisy] = [rows(), rows()]
  return { clean, noisy, labels: Array.from({ length: samples }, () => draw() % columns), columns }
}

const close = (got: unknown, wanted: number, within: number, what: string) =>
  expect(Math.abs((got as number) - wanted), `${what}: ${got}, not ${wanted}`).toBeLessThan(within)

describe('reference values', () => {
  it('agree to 1e-9 on 1,000 random tables', () => {
    const bytes = readFileSync(new URL('metrics.bin', golden))
    const wanted = new Float64Array(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    )
    expect(wanted.length).toBe(1000 * names.length)
    for (let i = 0; i < 1000; i++) {
      const { clean, noisy, labels, columns } = table(i)
      const got = measure(noisy, { kind: 'logits', columns, labels, clean, names })
      names.forEach((name, j) => {
        close(got[name], wanted[i * names.length + j], 1e-9, `${name} of table ${i}`)
      })
    }
  })

  it('smooth calibration error agrees with the exact kernel to 1e-3', () => {
    const { table: numbers, value } = JSON.parse(
      readFileSync(new URL('smooth.json', golden), 'utf8'),
    ) as { table: number[]; value: number[] }
    numbers.forEach((i, at) => {
      const { noisy, labels, columns } = table(i)
      const flat = noisy.map(z => z / 4)
      const options = {
        kind: 'logits',
        columns,
        labels,
        names: ['smoothCalibrationError'],
      } as const
      close(measure(flat, options).smoothCalibrationError, value[at], 1e-3, `table ${i}`)
    })
  })
})

describe('published examples', () => {
  const binary = (p: number[], labels: number[], name: string) =>
    measure(p, { kind: 'probabilities', columns: 1, labels, names: [name] })[name]

  it("torch-uncertainty's area under the risk-coverage curve, 0.0833", () => {
    expect(binary([0.3, 0.4, 0.2], [0, 1, 0], 'aurc')).toBeCloseTo(1 / 12, 12)
  })

  it("torch-uncertainty's adaptive calibration error, 0.1", () => {
    expect(binary([0.95, 0.85, 0.15, 0.05], [1, 1, 0, 0], 'adaptiveCalibrationError')).toBeCloseTo(
      0.1,
      12,
    )
  })

  it('puts a confidence of exactly 1 in the last bin', () => {
    expect(binary([1, 1, 1, 1], [1, 1, 1, 0], 'ece')).toBeCloseTo(0.25, 12)
  })

  it('takes the first of equal classes, as argmax does', () => {
    const options = { kind: 'logits', columns: 3, labels: [0, 1], names: ['accuracy'] } as const
    expect(measure([1, 1, 0, 1, 1, 0], options).accuracy).toBe(0.5)
  })
})

describe('the table', () => {
  const rows = Object.values(metrics).flat()

  it('has one row a name, each saying what it means', () => {
    for (const task of [metrics.classification, metrics.regression])
      expect(new Set(task.map(row => row.name)).size).toBe(task.length)
    for (const row of rows) expect(row.meaning.length, row.name).toBeGreaterThan(10)
  })

  it.each(metrics.classification.map(row => row.name))(
    '%s: the batch size changes no bit',
    name => {
      const { clean, noisy, labels, columns } = table(4)
      const whole = measure(noisy, { kind: 'logits', columns, labels, clean, names: [name] })
      const meter = new Meter<Answers>({ task: 'classification', columns, names: [name] })
      for (let i = 0; i < labels.length; i += 7) {
        const part = (rows: Float64Array) => rows.subarray(i * columns, (i + 7) * columns)
        const known = { kind: 'logits', columns, labels: labels.slice(i, i + 7) } as const
        const batch = { ...known, clean: answersOf(part(clean), known) }
        meter.update(answersOf(part(noisy), batch))
      }
      expect(meter.result()).toEqual(whole)
    },
  )

  it.each(metrics.classification.map(row => row.name))('%s: perfect answers are the best', name => {
    const row = metrics.classification.find(r => r.name === name)!
    const labels = [0, 1, 2, 3, 4, 5, 6, 0, 1, 2]
    const right = labels.flatMap(label =>
      Array.from({ length: 7 }, (_, k) => (k === label ? 60 : 0)),
    )
    const wrong = labels.flatMap((_, i) =>
      Array.from({ length: 7 }, (_, k) => (k === 6 ? 9 + i : (k + i) % 3)),
    )
    const value = (rows: number[]) => {
      const got = measure(rows, { kind: 'logits', columns: 7, labels, clean: right, names: [name] })
      return ([got[name]].flat() as number[]).reduce((sum, v) => sum + v, 0)
    }
    if (row.better === 'neither' || /^(auroc|aupr|fpr95)/.test(name)) return
    const [best, worst] = row.better === 'higher' ? [right, wrong] : [wrong, right]
    expect(value(best)).toBeGreaterThan(value(worst))
  })

  it.each(metrics.classification.map(row => row.name))('%s: has no value without samples', name => {
    const got = measure([], { kind: 'logits', columns: 7, labels: [], clean: [], names: [name] })
    expect(got).toEqual({ samples: 0, missing: { [name]: expect.any(String) } })
  })

  it.each(metrics.classification.map(row => row.name))('%s: is a number or says why not', name => {
    const finite = fc.double({ min: -50, max: 50, noNaN: true })
    const odd = fc.oneof(
      { weight: 9, arbitrary: finite },
      fc.constantFrom(NaN, Infinity, -Infinity),
    )
    const rows = fc.array(fc.tuple(odd, odd, odd, fc.nat(2)), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(rows, drawn => {
        const values = drawn.flatMap(row => row.slice(0, 3))
        const labels = drawn.map(row => row[3])
        const options = {
          kind: 'logits',
          columns: 3,
          labels,
          clean: values,
          names: [name],
        } as const
        const got = measure(values, options)
        if (got.missing) expect(got.missing).toEqual({ [name]: expect.any(String) })
        // What is no finite number would come back as null.
        else
          expect(JSON.parse(JSON.stringify({ v: got[name] ?? 'none' }))).toEqual({ v: got[name] })
      }),
      { numRuns: 60 },
    )
  })
})

describe('relations', () => {
  it('accuracy, agreement and AUROC are what their definitions say', () => {
    const { noisy, labels, columns } = table(8)
    const got = measure(noisy, { kind: 'logits', columns, labels, clean: noisy })
    expect([got.agreement, got.flipRate, got.meanKl, got.auroc]).toEqual([1, 0, 0, 0.5])
    const [low, high] = got.accuracyInterval as [number, number]
    expect(low).toBeLessThan(got.accuracy as number)
    expect(high).toBeGreaterThan(got.accuracy as number)
    expect(got.loss).toBe(got.nll)
    expect(got.missing).toBeUndefined()
  })

  it('logits and their softmax measure the same', () => {
    const { clean, noisy, labels, columns } = table(10)
    const soft = (rows: Float64Array) => answersOf(rows, { kind: 'logits', columns }).probabilities
    const a = measure(noisy, { kind: 'logits', columns, labels, clean, names })
    const all = { kind: 'probabilities', columns, labels, clean: soft(clean), names } as const
    const b = measure(soft(noisy), all)
    for (const name of names)
      if (/MaxLogit|Energy/.test(name)) expect(b.missing?.[name]).toBe('no logits')
      else close(b[name], a[name] as number, 1e-9, name)
  })

  it("a two-class model's single column is its second class", () => {
    const z = [-2, 0.5, 3, -1]
    const labels = [0, 1, 0, 1]
    const one = measure(z, { kind: 'logits', columns: 1, labels })
    const two = measure(
      z.flatMap(v => [0, v]),
      { kind: 'logits', columns: 2, labels },
    )
    expect(one).toEqual(two)
    const p = z.map(v => 1 / (1 + Math.exp(-v)))
    close(
      measure(p, { kind: 'probabilities', columns: 1, labels }).nll,
      one.nll as number,
      1e-12,
      'nll',
    )
  })

  it('without labels, compares with the clean answers alone', () => {
    const { clean, noisy, columns } = table(12)
    const got = measure(noisy, { kind: 'logits', columns, clean })
    expect(Object.keys(got)).toEqual([
      'samples',
      'entropy',
      'agreement',
      'flipRate',
      'meanKl',
      'auroc',
    ])
  })
})

describe('what is refused or missing', () => {
  it('a sample without numbers is wrong, and spoils only what it must', () => {
    const values = [NaN, 0, 3, 0, Infinity, 1]
    const got = measure(values, { kind: 'logits', columns: 2, labels: [0, 0, 0] })
    expect(got.accuracy).toBe(1 / 3)
    expect(got.nll).toBeUndefined()
    expect(got.missing?.nll).toBe('the model gave no numbers for 2 of 3 samples')
  })

  it('a masked class is no fault', () => {
    const got = measure([-Infinity, 0, 1], { kind: 'logits', columns: 3, labels: [2] })
    expect(got.nll).toBeCloseTo(Math.log(1 + Math.exp(-1)), 12)
    expect(got.entropy).toBeGreaterThan(0)
  })

  it('labels and probabilities are checked', () => {
    const odd = { kind: 'logits', columns: 2, labels: [2] } as const
    expect(() => measure([0, 1], odd)).toThrow(DataError)
    expect(() => measure([0, 1], { ...odd, labels: [0.5] })).toThrow(/whole number from 0 to 1/)
    const kind = 'probabilities'
    expect(() => measure([2, 3], { kind, columns: 2 })).toThrow(ModelError)
    expect(() => measure([-1, 2], { kind, columns: 2 })).toThrow(ModelError)
    expect(() => measure([0, 1], { kind: 'logits', columns: 2, names: ['acuracy'] })).toThrow(
      new UsageError(
        'metrics: there is no classification metric "acuracy". Did you mean accuracy or aurc or auroc?',
      ),
    )
  })
})

describe('regression', () => {
  const targets = [1, 2, 3, 4, 10, 20, 30, 40]
  const outputs = [1, 2, 3, 5, 10, 21, 30, 38]

  it('measures errors', () => {
    const got = measureRegression({ samples: 8, columns: 1, outputs, targets, clean: targets })
    expect(got.rmse).toBeCloseTo(Math.sqrt(6 / 8), 12)
    expect(got.mae).toBeCloseTo(4 / 8, 12)
    expect(got.loss).toBeCloseTo(6 / 8, 12)
    expect(got.rmsChange).toBeCloseTo(Math.sqrt(6 / 8), 12)
    const mean = targets.reduce((s, t) => s + t, 0) / 8
    const spread = targets.reduce((s, t) => s + (t - mean) ** 2, 0)
    expect(got.r2).toBeCloseTo(1 - 6 / spread, 12)
  })

  it('says what has no value', () => {
    const flat = measureRegression({ samples: 2, columns: 1, outputs: [1, 2], targets: [3, 3] })
    expect(flat.missing).toEqual({ r2: 'targets that never change' })
    const broken = measureRegression({ samples: 2, columns: 1, outputs: [1, NaN], targets: [1, 2] })
    expect(broken.missing?.rmse).toBe('the model gave no numbers for 1 of 2 samples')
    expect(measureRegression({ samples: 1, columns: 1, outputs: [1] })).toEqual({ samples: 1 })
  })
})
