import { describe, expect, it } from 'vitest'
import { DataError, UsageError } from '../base/index.js'
import { metrics } from '../metrics/index.js'
import { measuresSchema, type Scorecard } from '../record/index.js'
import { corruptionErrors, readBaseline } from './corruption-error.js'

type Condition = Scorecard['conditions'][number]

const condition = (kind: string, severity: number, accuracy: number): Condition => ({
  ...{ at: 'input', kind, severity, level: severity / 10, clip: [0, 1], seen: false },
  measures: { accuracy },
})

function card(clean: number, errors: Record<string, number[]>, name = 'imagenet-c') {
  return {
    name: 'ours',
    model: { file: 'm.onnx', sha256: '', parameters: 1 },
    suite: { name, preset: 'imagenet-c/224' },
    clean: { accuracy: clean },
    conditions: Object.entries(errors).flatMap(([kind, list]) =>
      list.map((error, i) => condition(kind, i + 1, 1 - error)),
    ),
  } as unknown as Scorecard
}

describe('corruption errors', () => {
  it('are sums over severities divided by the baseline’s, as published', () => {
    const ours = card(0.8, { fog: [0.3, 0.5], frost: [0.4, 0.6] })
    const theirs = card(0.6, { fog: [0.5, 0.7], frost: [0.5, 0.9] })
    const { summary, corruptionErrors: found } = corruptionErrors(ours, theirs, 10)!
    expect(found.baseline).toBe('ours')
    expect(found.kinds[0].error).toBeCloseTo(0.8 / 1.2, 12)
    expect(found.kinds[0].relative).toBeCloseTo((0.8 - 0.4) / (1.2 - 0.8), 12)
    expect(found.kinds[1].error).toBeCloseTo(1 / 1.4, 12)
    expect(summary.meanCorruptionError).toBeCloseTo((0.8 / 1.2 + 1 / 1.4) / 2, 12)
    expect(summary.relativeMeanCorruptionError).toBeCloseTo((1 + 0.6 / 0.6) / 2, 12)
  })

  it('hold a model of 1,000 classes under ImageNet-C against AlexNet, whose own mCE is 1', () => {
    const alexnet = { fog: [0.819324], snow: [0.866816], jpeg_compression: [0.6065] }
    const { summary } = corruptionErrors(card(1 - 0.4348, alexnet), undefined, 1000)!
    expect(summary.meanCorruptionError).toBeCloseTo(1, 12)
    expect(summary.relativeMeanCorruptionError).toBeCloseTo(1, 12)
  })

  it('are plain mean errors without a baseline, for published suites', () => {
    const ours = card(0.9, { fog: [0.2, 0.4] }, 'cifar-c')
    const { summary, corruptionErrors: found } = corruptionErrors(ours, undefined, 10)!
    expect(found.baseline).toBeNull()
    expect(summary).toEqual({ meanCorruptionError: expect.closeTo(0.3, 12) })
    expect(corruptionErrors(card(0.9, { fog: [0.2] }, 'gaussian'), undefined, 10)).toBeUndefined()
  })

  it('leave out what a baseline gives no measure of', () => {
    const theirs = card(0.8, { fog: [0.2, 0.4], saturate: [0.2, 0.2], shear: [0, 0] })
    const { summary, corruptionErrors: found } = corruptionErrors(theirs, theirs, 10)!
    expect(found.kinds).toEqual([
      { kind: 'fog', error: 1, relative: 1 },
      { kind: 'saturate', error: 1 },
    ])
    expect(summary).toEqual({ meanCorruptionError: 1, relativeMeanCorruptionError: 1 })
  })

  it('are of published suites alone, each kind by suite, where several were measured', () => {
    const joined = card(0.9, {}, 'gaussian,mnist-c,cifar-c,worst-case')
    const from = (suite: string, kind: string, accuracy: number) => ({
      ...condition(kind, 1, accuracy),
      suite,
    })
    joined.conditions.push(
      from('gaussian', 'gaussian', 0.1),
      from('mnist-c', 'fog', 0.4),
      from('cifar-c', 'fog', 0.8),
      from('cifar-c', 'snow', 0.6),
      from('worst-case', 'projected_gradient', 0),
    )
    const { summary, corruptionErrors: found } = corruptionErrors(joined, undefined, 10)!
    expect(found.kinds.map(({ kind }) => kind)).toEqual(['fog (mnist-c)', 'fog (cifar-c)', 'snow'])
    expect(summary.meanCorruptionError).toBeCloseTo((0.6 + 0.2 + 0.4) / 3, 12)
  })

  it('refuse a baseline of other noise, or none', () => {
    const ours = card(0.9, { fog: [0.2, 0.4] })
    expect(() => corruptionErrors(ours, card(0.8, { fog: [0.2] }), 10)).toThrow(DataError)
    expect(() => corruptionErrors(card(0.9, { mist: [0.1] }), 'alexnet', 10)).toThrow(
      /no errors of mist/,
    )
    expect(() => readBaseline('alexnt')).toThrow(UsageError)
  })
})

describe('a scorecard', () => {
  it('has a place for every measure of the table', () => {
    const known = Object.keys(measuresSchema.shape)
    for (const row of [...metrics.classification, ...metrics.regression])
      expect(known, row.name).toContain(row.name)
  })
})
