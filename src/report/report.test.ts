import { parseHTML } from 'linkedom'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import {
  conditionWords,
  intervalWords,
  noiseName,
  percent,
  plain,
  pngDataUrl,
  points,
  wavDataUrl,
} from '../page/index.js'
import type { Condition, Measures, Scorecard } from '../record/index.js'
import { type ReportInput, renderReport } from './index.js'

const accuracy = (value: number, ece = 0.02): Measures => ({
  accuracy: value,
  accuracyInterval: [value - 0.01, value + 0.01],
  ece,
})

function condition(level: number, measures: Measures, more: Partial<Condition> = {}): Condition {
  const severity = Math.round(level * 10)
  const where = { at: 'input', kind: 'gaussian', severity, level, levelName: 'sigma' }
  return { ...where, clip: [0, 1], seen: false, measures, ...more }
}

function card(name: string, clean: Measures, conditions: Condition[], summary = {}): Scorecard {
  return {
    schema: 'temper.scorecard/1',
    name,
    version: '0.1.0',
    seed: 3,
    device: 'cpu',
    threads: 2,
    model: {
      file: `models/${name}.onnx`,
      sha256: 'ab'.repeat(32),
      parameters: 1234567,
      classes: 10,
    },
    data: { source: 'mnist:test', samples: 10000 },
    suite: { name: 'gaussian' },
    clean,
    conditions,
    summary,
  }
}

const plainCard = card('plain', accuracy(0.86), [
  condition(0.1, accuracy(0.7)),
  condition(0.3, accuracy(0.4, 0.23)),
])
const temperedCard = card(
  'tempered',
  accuracy(0.85),
  [condition(0.1, accuracy(0.84), { seen: true }), condition(0.3, accuracy(0.78), { seen: true })],
  { meanAccuracyInterval: [0.8, 0.82] },
)

const parsed = (input: ReportInput) => parseHTML(renderReport(input)).document
const verdict = (input: ReportInput) =>
  [...parsed(input).querySelectorAll('.verdict')].map(p => p.textContent).join(' ')

describe('the verdict', () => {
  it('compares two scorecards with numbers, intervals and the worst case', () => {
    expect(verdict({ scorecards: [plainCard, temperedCard] })).toBe(
      'Under noise, tempered is right on 81.0% of samples on average (95% interval 80.0 to 82.0%), plain on 55.0%: 26.0 points more. ' +
        'On clean samples tempered reaches 85.0% (84.0 to 86.0%) and plain 86.0% (85.0 to 87.0%): 1.0 points less. ' +
        'The worst case for tempered is gaussian noise on inputs, sigma 0.3, clipped to [0,\u00a01]: 78.0%.',
    )
  })

  it('gives paired differences where they were measured', () => {
    const mean = { value: 0.26, interval: [0.25, 0.27] as const }
    expect(verdict({ scorecards: [plainCard, temperedCard], comparison: { mean } })).toContain(
      '26.0 points more (+25.0 to +27.0, measured on the same samples).',
    )
  })

  it('does not call the second better when it is not', () => {
    expect(verdict({ scorecards: [temperedCard, plainCard] })).toContain(
      'none does better than tempered, which is right on 81.0% of samples on average',
    )
  })

  it('speaks of one scorecard alone', () => {
    expect(verdict({ scorecards: [plainCard] })).toMatch(
      /^Under noise, plain is right on 55.0% of samples on average, 31.0 points below its 86.0%/,
    )
  })

  it('says when the test set is too small to tell much', () => {
    const clean = { accuracy: 0.9, accuracyInterval: [0.8, 0.95] as [number, number] }
    const small = { ...plainCard, clean, data: { source: 'x', samples: 50 } }
    expect(verdict({ scorecards: [small] })).toContain(
      'With 50 samples, an accuracy is known to about ±7.5 points only.',
    )
  })

  it('speaks of RMSE for regression, where smaller is better', () => {
    const regression = (name: string, clean: number, noisy: number) =>
      card(name, { rmse: clean }, [
        condition(0.1, { rmse: noisy }),
        condition(0.3, { rmse: noisy * 2 }),
      ])
    const text = verdict({ scorecards: [regression('a', 0.2, 0.4), regression('b', 0.21, 0.25)] })
    expect(text).toContain('b has an RMSE of 0.375 on average, a of 0.6: 0.225 less.')
    expect(text).toContain('The worst case for b is gaussian noise on inputs, sigma 0.3')
  })

  it('speaks of agreement where there are no labels', () => {
    const unlabelled = card('u', { entropy: 0.1 }, [
      condition(0.1, { agreement: 0.9, meanKl: 0.1 }),
    ])
    expect(verdict({ scorecards: [unlabelled] })).toContain(
      'u keeps its clean answer on 90.0% of samples on average',
    )
  })
})

describe('what does not compare', () => {
  const beside = (change: Partial<Scorecard>) =>
    verdict({ scorecards: [plainCard, { ...plainCard, name: 'other', ...change }] })

  it('is said: other conditions, other samples, other draws', () => {
    expect(beside({})).not.toContain('The models were')
    expect(beside({ conditions: plainCard.conditions.slice(1) })).toContain(
      'not measured under the same conditions',
    )
    expect(beside({ data: { source: 'mnist:train', samples: 10000 } })).toContain(
      'not measured on the same samples',
    )
    expect(beside({ seed: 4 })).toContain('measured with different seeds')
  })
})

it('says what a scorecard warns of, once', () => {
  const warnings = ['inputs lie far outside what the first layer saw']
  const page = parsed({ scorecards: [{ ...plainCard, warnings: [...warnings, ...warnings] }] })
  const said = [...page.querySelectorAll('.warning')].map(p => p.textContent)
  expect(said).toEqual([`Warning. ${warnings[0]}`])
})

describe('samples and classes', () => {
  it('plays sounds as 16-bit WAV, and draws their waves', () => {
    const sound = { data: Float32Array.of(0, 1, -2, Number.NaN), sampleRate: 8000 }
    const url = wavDataUrl(sound)
    const file = Buffer.from(url.split(',')[1], 'base64')
    expect(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ')
    expect(file.readUInt32LE(24)).toBe(8000)
    expect([0, 1, 2, 3].map(i => file.readInt16LE(44 + 2 * i))).toEqual([0, 32767, -32767, 0])
    const predictions = [{ model: 'plain', label: 'four', confidence: 0.8, correct: true }]
    const page = parsed({
      scorecards: [plainCard],
      samples: {
        noise: 'white noise',
        columns: ['clean'],
        rows: [{ label: 'four', cells: [{ sound, predictions }] }],
      },
    })
    expect(page.querySelector('audio')?.getAttribute('src')).toBe(url)
    expect(page.querySelector('.wave path')?.getAttribute('d')).not.toContain('NaN')
    expect(page.querySelector('.answer')?.textContent).toBe('plain: four ✓right 80%')
  })

  it('names the class that loses most', () => {
    const clean = { ...accuracy(0.9), classAccuracy: [0.9, 0.9, null] }
    const noisy = { ...accuracy(0.5), classAccuracy: [0.8, 0.2, null] }
    const page = parsed({ scorecards: [card('m', clean, [condition(0.1, noisy)])] })
    expect(page.body.textContent).toContain('class 1 falls from 90.0% to 20.0%')
    expect(page.body.textContent).not.toContain('class 2')
  })
})

describe('the page', () => {
  const page = parsed({ scorecards: [plainCard, temperedCard] })

  it('has a policy that forbids scripts and requests, and no script that runs', () => {
    expect(page.querySelector('meta[http-equiv]')?.getAttribute('content')).toContain(
      "default-src 'none'",
    )
    expect([...page.querySelectorAll('script')].map(s => s.getAttribute('type'))).toEqual([
      'application/json',
    ])
    expect(page.toString()).not.toMatch(/(?:src|href)="(?!data:|#)/)
  })

  it('holds the scorecards as JSON', () => {
    expect(JSON.parse(page.querySelector('#temper-data')!.textContent!)).toEqual({
      scorecards: [plainCard, temperedCard],
    })
  })

  it('says with each noisy figure whether values were clipped, and at which level', () => {
    const captions = [...page.querySelectorAll('figcaption')].map(c => c.textContent)
    expect(captions[0]).toContain('Values clipped to [0,\u00a01] after the noise.')
    expect(page.body.textContent).toContain(
      'gaussian noise on inputs; values clipped to [0,\u00a01]',
    )
    expect(page.body.textContent).toContain('sigma 0.3')
  })

  it('marks every table head and row head with its scope', () => {
    for (const head of page.querySelectorAll('th')) expect(head.getAttribute('scope')).toBeTruthy()
    for (const figure of page.querySelectorAll('svg.chart'))
      expect(figure.getAttribute('aria-description')).toBeTruthy()
  })

  it('is the same every time', () => {
    const input = { scorecards: [plainCard, temperedCard] }
    expect(renderReport(input)).toBe(renderReport(input))
  })

  it('shows a dash for what was not measured, never NaN or undefined', () => {
    const bare = card('bare', {}, [condition(0.1, {}), condition(0.2, {})])
    const text = parsed({ scorecards: [bare, plainCard] }).body.textContent!
    expect(text.replace(/\{"scorecards.*/s, '')).not.toMatch(/NaN|undefined|null|Infinity/)
  })

  it('refuses to be made of nothing', () => {
    expect(() => renderReport({ scorecards: [] })).toThrow('expected at least one scorecard')
  })
})

describe('several suites with noise of one name', () => {
  it('have a curve, a row of cells and a part of the table each', () => {
    const fog = { kind: 'fog', level: null, clip: null }
    const mixed = card('mixed', accuracy(0.9), [
      condition(0.5, accuracy(0.3), { ...fog, suite: 'mnist-c' }),
      condition(0.1, accuracy(0.8), { ...fog, suite: 'cifar-c' }),
      condition(0.5, accuracy(0.4), { ...fog, suite: 'cifar-c' }),
      condition(0.1, accuracy(0.7), { suite: 'gaussian' }),
    ])
    const { body } = parsed({ scorecards: [mixed] })
    const rows = [...body.querySelectorAll('tr.group')].map(row => row.textContent)
    expect(rows).toEqual([
      'fog on inputs (mnist-c)',
      'fog on inputs (cifar-c)',
      'gaussian noise on inputs; values clipped to [0,\u00a01]',
    ])
    const heat = [...body.querySelectorAll('svg')].at(-1)!.textContent!
    for (const words of ['fog (mnist-c)', 'fog (cifar-c)']) expect(heat).toContain(words)
    expect(heat.indexOf('1')).toBeLessThan(heat.indexOf('5'))
  })
})

describe('hostile text', () => {
  const hostile = '"><img src=x onerror=alert(1)></script><script>alert(1)</script>\u202e\u0007'
  it('stays text, wherever it stands', () => {
    const conditions = [
      condition(0.1, accuracy(0.5), { kind: hostile, at: hostile, levelName: hostile }),
      condition(0.2, accuracy(0.4), { kind: hostile, at: hostile, levelName: hostile }),
    ]
    const evil = {
      ...card(hostile, accuracy(0.9), conditions),
      data: { source: hostile, samples: 1 },
    }
    const image = { data: new Float32Array(4), shape: [1, 2, 2] as const }
    const page = parsed({
      scorecards: [evil, plainCard],
      command: hostile,
      runs: [
        {
          name: hostile,
          plan: { [hostile]: hostile },
          events: [{ type: 'epoch', time: 0, epoch: 1, loss: 1, learningRate: 1 }],
          schedules: [
            {
              name: hostile,
              text: hostile,
              points: [
                { epoch: 0, low: 0, high: 1 },
                { epoch: 1, low: 0, high: 1 },
              ],
            },
          ],
        },
      ],
      samples: {
        noise: hostile,
        columns: [hostile],
        rows: [
          { label: hostile, cells: [{ image, predictions: [{ model: hostile, label: hostile }] }] },
        ],
      },
    })
    expect(page.querySelectorAll('img:not([src^="data:image/png;base64,"])')).toHaveLength(0)
    expect(page.querySelectorAll('script')).toHaveLength(1)
    expect(page.querySelectorAll('[onerror]')).toHaveLength(0)
    expect(page.querySelector('h1')?.textContent).not.toMatch(/\u202e|\p{Cc}/u)
  })
})

describe('words', () => {
  it('show numbers as a reader expects them', () => {
    expect([percent(0.845), percent(Number.NaN), percent(undefined), percent(-0.0001)]).toEqual([
      '84.5%',
      '–',
      '–',
      '0.0%',
    ])
    expect([points(0.239), points(-0.004), points(0), points(-0.0001)]).toEqual([
      '+23.9',
      '−0.4',
      '0.0',
      '0.0',
    ])
    expect([plain(1234.5678), plain(-0.25), plain(null)]).toEqual(['1235', '−0.25', '–'])
    expect(intervalWords([0.832, 0.857], percent)).toBe('83.2 to 85.7%')
    expect(intervalWords(undefined, percent)).toBe('')
  })

  it('name noises and levels', () => {
    expect(noiseName({ at: 'weight', kind: 'gaussian' })).toBe('gaussian noise on weights')
    expect(noiseName({ at: 'input', kind: 'jpeg_compression' })).toBe('jpeg compression on inputs')
    expect(noiseName({ at: 'input', kind: 'gaussian_noise' })).toBe('gaussian noise on inputs')
    const white = condition(20, {}, { kind: 'white', levelName: 'snrDb', clip: 'none' })
    expect(conditionWords(white)).toBe('SNR 20 dB, not clipped')
    expect(conditionWords({ ...white, level: null, severity: 3, clip: null })).toBe('severity 3')
    expect(
      conditionWords({ ...white, level: { radius: 2, amount: 0.5 }, severity: null, clip: null }),
    ).toBe('radius 2 and amount 0.5')
    expect(conditionWords({ ...white, level: { radius: 0.5, steps: 10 }, clip: null })).toBe(
      'radius 0.5',
    )
    expect(noiseName({ at: 'input', kind: 'fog', suite: 'mnist-c' })).toBe(
      'fog on inputs (mnist-c)',
    )
  })
})

describe('png', () => {
  const decode = (url: string) =>
    sharp(Buffer.from(url.split(',')[1], 'base64'))
      .raw()
      .toBuffer({ resolveWithObject: true })

  it('is read back by sharp, grey and RGB, with values outside [0, 1] clipped', async () => {
    const grey = await decode(
      pngDataUrl({ data: Float32Array.of(0, 0.5, 2, -1, 1, Number.NaN), shape: [1, 2, 3] }),
    )
    expect([grey.info.width, grey.info.height]).toEqual([3, 2])
    const step = grey.info.channels
    expect([0, 1, 2, 3, 4, 5].map(i => grey.data[i * step])).toEqual([0, 128, 255, 0, 255, 0])
    const color = await decode(
      pngDataUrl({ data: Float32Array.of(1, 0, 0, 1, 0.2, 0.4), shape: [3, 1, 2] }),
    )
    expect([...color.data]).toEqual([255, 0, 51, 0, 255, 102])
  })

  it('averages large images down', async () => {
    const data = Float32Array.from({ length: 400 * 200 }, (_, i) => (i % 400 < 200 ? 0 : 1))
    const { info, data: pixels } = await decode(pngDataUrl({ data, shape: [1, 200, 400] }, 100))
    expect([info.width, info.height]).toEqual([100, 50])
    expect([pixels[0], pixels[99 * info.channels]]).toEqual([0, 255])
  })
})
