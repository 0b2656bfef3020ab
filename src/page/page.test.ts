import { describe, expect, it } from 'vitest'
import { headlineOf, html, jsonBlock, plannedSchedules, trusted } from './index.js'

describe('html', () => {
  it('escapes values, joins lists, and leaves nothing out silently but nothing itself', () => {
    const list: (string | number | null | undefined | false | ReturnType<typeof trusted>)[] = [
      '<b>',
      1,
      null,
      undefined,
      false,
      Number.NaN,
      trusted('<i></i>'),
    ]
    expect(html`<p title="${'"x\''}">${list}</p>`.text).toBe(
      '<p title="&quot;x&#39;">&lt;b&gt;1–<i></i></p>',
    )
  })

  it('ends no data block', () => {
    expect(jsonBlock({ a: '</script><!--\u2028' }).text).not.toMatch(/[<>\u2028]/)
    expect(JSON.parse(jsonBlock({ a: '</script>&' }).text)).toEqual({ a: '</script>&' })
  })
})

describe('the headline', () => {
  it('is what every list holds: accuracy, RMSE, else agreement', () => {
    expect(headlineOf([[{ accuracy: 1 }], [{}, { accuracy: 0.5 }]]).key).toBe('accuracy')
    expect(headlineOf([[{ accuracy: 1 }], [{ agreement: 1 }]]).key).toBe('agreement')
    expect(headlineOf([[{ rmse: 1 }]]).better).toBe('lower')
  })
})

describe('planned schedules', () => {
  const plan = {
    lengths: { epochs: 4, batchesPerEpoch: 10, samplesPerEpoch: 1000 },
    optimizer: { learningRate: '{ cosine: [0.001, 0] }' },
    noise: [
      {
        name: 'input:gaussian',
        levels: { sigma: '{ uniform: [0, 0.4] }' },
        window: 'every 2ep for 1ep',
      },
    ],
  }

  it('are traced with their windows, under the names checks use', () => {
    const [rate, sigma] = plannedSchedules(plan)
    expect(rate.points[0]).toEqual({ epoch: 0, low: 0.001, high: 0.001 })
    expect(sigma.name).toBe('input:gaussian.sigma')
    expect(sigma.text).toBe('{ uniform: [0, 0.4] }, every 2ep for 1ep')
    const levels = [0, 5, 10, 19, 20, 30].map(batch => sigma.points[batch].high)
    expect(levels).toEqual([0.4, 0.4, 0, 0, 0.4, 0])
  })

  it('are none where the plan does not tell them', () => {
    expect([plannedSchedules(undefined), plannedSchedules({ noise: [] })]).toEqual([[], []])
  })
})
