import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { momentAt, UsageError } from '../base/index.js'
import {
  draws,
  formatSchedule,
  parseLevel,
  parseSchedule,
  type ScheduleSpec,
  scheduleSchema,
  schedules,
} from './index.js'
import { z } from './strict.js'

const lengths = { epochs: 10, batchesPerEpoch: 100, samplesPerEpoch: 12800 }
const context = { lengths, where: 'noise[0].sigma' }
const level = (spec: unknown, batch: number) =>
  parseSchedule(spec, context)(momentAt(batch, lengths))
const levels = (spec: unknown, ...batches: number[]) => batches.map(batch => level(spec, batch))

/** The sentence a spec is refused with. */
function refusal(spec: unknown, more = {}): string {
  try {
    parseLevel(spec, { ...context, ...more })
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as Error).message
  }
  throw new Error(`accepted: ${JSON.stringify(spec)}`)
}

describe('curves', () => {
  it('holds a number, and a ramp before and after its stretch', () => {
    expect(levels(0.3, 0, 999)).toEqual([0.3, 0.3])
    const ramp = { ramp: [0.1, 0.5], from: '1ep', to: '50%' }
    expect(levels(ramp, 0, 100, 500, 999)).toEqual([0.1, 0.1, 0.5, 0.5])
    expect(level(ramp, 300)).toBeCloseTo(0.3, 15)
  })

  it('fills the whole run without from and to', () => {
    expect(levels({ ramp: [0, 1] }, 0, 250, 1000)).toEqual([0, 0.25, 1])
  })

  it('follows each published formula', () => {
    expect(level({ cosine: [1e-3, 1e-5] }, 250)).toBeCloseTo(
      1e-5 + 0.5 * (1e-3 - 1e-5) * (1 + Math.cos(Math.PI / 4)),
      15,
    )
    expect(level({ exponential: [1, 1e-4] }, 250)).toBeCloseTo(0.1, 12)
    expect(levels({ sigmoid: [0, 1] }, 0, 1000)).toEqual([0, 1])
    expect(level({ sigmoid: [0, 1] }, 500)).toBeCloseTo(0.5, 15)
    expect(level({ polynomial: [1, 0], power: 2 }, 500)).toBe(0.25)
    expect(level({ anneal: { eta: 0.01, gamma: 0.55 } }, 99)).toBeCloseTo(0.01 / 100 ** 0.55, 15)
    expect(levels({ cyclic: [0, 1], period: '2ep' }, 0, 50, 100, 150, 200)).toEqual([
      0, 0.5, 1, 0.5, 0,
    ])
    expect(levels({ cyclic: [0, 1], period: '2ep', shape: 'sawtooth' }, 0, 100, 200)).toEqual([
      0, 0.5, 0,
    ])
    expect(levels({ table: [0, 1, 4], spacing: '1ep' }, 0, 50, 150, 900)).toEqual([0, 0.5, 2.5, 4])
  })
})

describe('compositions', () => {
  it('steps at the given times', () => {
    const step = { step: [0.1, { at: '2ep', value: 0.2 }, { at: '80%', value: 0 }] }
    expect(levels(step, 0, 199, 200, 799, 800)).toEqual([0.1, 0.1, 0.2, 0.2, 0])
  })

  it('lets each piece of a join fill its own stretch', () => {
    const join = { join: [{ ramp: [0, 1] }, { at: '2ep', value: { ramp: [5, 7] } }] }
    expect(levels(join, 0, 100, 200, 600, 1000)).toEqual([0, 0.5, 5, 6, 7])
  })

  it('plays a repeated schedule from its start in every period', () => {
    const repeat = { repeat: { ramp: [1, 0] }, period: '2ep' }
    expect(levels(repeat, 0, 100, 200, 300)).toEqual([1, 0.5, 1, 0.5])
  })

  it('opens windows at each multiple of `every`', () => {
    const window = { every: '4ep', for: '2ep', value: 0.3, otherwise: 0.1 }
    expect(levels(window, 0, 199, 200, 399, 400, 599, 600)).toEqual([
      0.3, 0.3, 0.1, 0.1, 0.3, 0.3, 0.1,
    ])
  })

  it('warms up to where the schedule begins, and cools down from where it ends', () => {
    const warmed = { warmUp: '1ep', coolDown: '1ep', value: { ramp: [1, 0.5] } }
    expect(levels(warmed, 0, 50, 100, 500, 900, 950, 1000)).toEqual([0, 0.5, 1, 0.75, 0.5, 0.25, 0])
  })

  it('starts a window on time where the period is a fraction no float holds', () => {
    const tenth = { every: '0.1ep', for: '1ba', value: 1 }
    const on = Array.from({ length: 1000 }, (_, batch) => level(tenth, batch))
    expect(on.reduce((a, b) => a + b)).toBe(100)
  })
})

describe('text form', () => {
  const examples = [
    ...Object.values(schedules).map(form => form.example),
    ...Object.values(draws).map(form => form.example),
  ]
  it.each(examples.map(example => [formatSchedule(example), example] as const))(
    '%s is read back as written',
    (text, example) => {
      const parsed = parseLevel(text, context)
      expect(parsed.spec).toEqual(parseLevel(example, context).spec)
      expect(parsed.text).toBe(text)
    },
  )

  const number = fc.double({ min: 1e-6, max: 10, noNaN: true })
  const pair = fc.tuple(number, number)
  const time = fc.oneof(
    fc.double({ min: 0.01, max: 1, noNaN: true }).map(x => `${x.toFixed(9)}dur`),
    fc.integer({ min: 1, max: 99 }).map(x => `${x}%`),
    fc.integer({ min: 1, max: 999 }).map(x => `${x}ba`),
    fc.integer({ min: 1, max: 120000 }).map(x => `${x}sp`),
    fc.double({ min: 0.1, max: 9, noNaN: true }).map(x => `${x.toFixed(3)}ep`),
  )
  const leaf: fc.Arbitrary<ScheduleSpec> = fc.oneof(
    number,
    fc.record({ ramp: pair, from: time }),
    fc.record({ cosine: pair, to: time }),
    fc.record({ exponential: pair }),
    fc.record({ sigmoid: pair, steepness: number }),
    fc.record({ polynomial: pair, power: number }),
    fc.record({ cyclic: pair, period: time }),
    fc.record({ anneal: fc.record({ eta: number, gamma: number }) }),
  )
  const { any } = fc.letrec<{ any: ScheduleSpec }>(tie => ({
    any: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.tuple(tie('any'), time, tie('any')).map(
        ([a, at, b]): ScheduleSpec => ({
          join: [a, { at, value: b }],
        }),
      ),
      fc.tuple(tie('any'), time).map(([a, period]): ScheduleSpec => ({ repeat: a, period })),
      fc.tuple(tie('any'), number).map(
        ([value, floor]): ScheduleSpec => ({
          warmUp: '3%',
          value,
          floor,
        }),
      ),
    ),
  }))

  it('parse(format(s)) equals s at every moment', () => {
    fc.assert(
      fc.property(any, fc.array(fc.double({ min: 0, max: 1000, noNaN: true })), (spec, moments) => {
        const schedule = tryParse(spec)
        fc.pre(schedule !== null)
        const again = parseSchedule(schedule.text, context)
        expect(again.text).toBe(schedule.text)
        for (const batch of [0, 1, 500, 999, ...moments]) {
          const moment = momentAt(batch, lengths)
          expect(again(moment)).toBe(schedule(moment))
          expect(Number.isFinite(schedule(moment))).toBe(true)
        }
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  /** Random times may contradict each other (a ramp that ends before it starts): those are refused. */
  function tryParse(spec: ScheduleSpec) {
    try {
      return parseSchedule(spec, context)
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError)
      return null
    }
  }
})

describe('a function from the library', () => {
  it('becomes a table with a text form', () => {
    const schedule = parseSchedule((moment: { epoch: number }) => moment.epoch ** 2, context)
    expect(schedule(momentAt(300, lengths))).toBe(9)
    expect(parseSchedule(schedule.text, context)(momentAt(777, lengths))).toBe(
      schedule(momentAt(777, lengths)),
    )
  })

  it('may bound a draw, and inside a join counts from where its piece starts', () => {
    const half = (moment: { progress: number }) => moment.progress / 2
    const drawn = parseLevel({ uniform: [0, half] }, context)
    expect(drawn.high(momentAt(500, lengths))).toBe(0.25)
    expect(parseLevel(drawn.text, context).high(momentAt(501, lengths))).toBe(0.2505)
    expect(levels({ join: [1, { at: '50%', value: half }] }, 499, 500, 600)).toEqual([1, 0, 0.05])
  })

  it('is refused where it gives no number', () => {
    expect(refusal(() => Number.NaN)).toBe(
      'noise[0].sigma: expected a finite number from the function at batch 0, received NaN.',
    )
  })
})

describe('what is refused, with the path of the key', () => {
  const unit = { name: 'a standard deviation', min: 0 }
  it.each([
    [-0.1, 'noise[0].sigma: expected a standard deviation of at least 0, received -0.1.'],
    [
      { ramp: [0.1, -0.4] },
      'noise[0].sigma.ramp[1]: expected a standard deviation of at least 0, received -0.4.',
    ],
    [
      { rampe: [0, 1] },
      'noise[0].sigma: expected a level: a number or an object with one of ramp, cosine, exponential, sigmoid, polynomial, cyclic, anneal, table, step, join, repeat, every, warmUp, coolDown, uniform, logUniform, beta, choice, received an object with the keys rampe. Did you mean ramp?',
    ],
    [
      { ramp: [0, 1], form: '3ep' },
      'noise[0].sigma: "form" is not a key here. Did you mean from? Known: ramp, from, to.',
    ],
    [
      { ramp: [0, 1], to: '30s' },
      'noise[0].sigma.to: expected a time such as 3ep, 500ba, 4000sp or 20%, received "30s". Wall-clock time has no place in a schedule: the same recipe must do the same on a slower machine.',
    ],
    [
      { ramp: [0, 1], to: 3 },
      'noise[0].sigma.to: expected a time with its unit, such as 3ep, 500ba, 4000sp or 20%, received 3.',
    ],
    [
      { ramp: [0, 1], to: '120%' },
      'noise[0].sigma.to: expected at most 100% of the run, received "120%".',
    ],
    [
      { ramp: [0, 1], from: '5ep', to: '2ep' },
      'noise[0].sigma: expected a stretch of time, its end after its start, received from 5ep to 2ep.',
    ],
    [{ ramp: [0, '1'] }, 'noise[0].sigma.ramp[1]: expected a number, received "1".'],
    [{ ramp: 3 }, 'noise[0].sigma.ramp: expected two numbers, [first, last], received 3.'],
    [
      { exponential: [0, 1] },
      'noise[0].sigma.exponential: expected two levels of one sign, neither 0, received [0, 1].',
    ],
    [
      { step: [1, { at: '3ep', value: 2 }, { at: '2ep', value: 1 }] },
      'noise[0].sigma.step[2].at: expected a time after the one of the piece before, received 2ep.',
    ],
    [
      { uniform: [0, { join: [0.1, { at: '1ep', value: { cosin: [0, 1] } }] }] },
      expect.stringContaining('noise[0].sigma.uniform[1].join[1].value: expected a schedule'),
    ],
    [
      { uniform: [0.2, { ramp: [0.1, 0.4] }] },
      'noise[0].sigma.uniform: expected low at most high all through the run, received [0.2, 0.1].',
    ],
    [
      { logUniform: [0, 1] },
      'noise[0].sigma.logUniform[0]: expected a level above 0 all through the run, received 0.',
    ],
    [
      { every: '2ep', for: '3ep', value: 1 },
      'noise[0].sigma.for: expected at most `every` (2ep), received 3ep.',
    ],
    [
      { warmUp: '60%', coolDown: '50%', value: 1 },
      expect.stringContaining('warm-up and cool-down shorter'),
    ],
    [Number.NaN, 'noise[0].sigma: expected a number, received NaN.'],
    [
      { ramp: [0, 1], cosine: [0, 1] },
      expect.stringContaining('received several: ramp and cosine.'),
    ],
    ['{ ramp: [0, 1', expect.stringContaining('one line of YAML')],
  ])('%j', (spec, sentence) => {
    expect(refusal(spec, { unit })).toEqual(sentence)
  })

  it('says what is legal but never happens', () => {
    const heard: string[] = []
    const warn = (sentence: string) => heard.push(sentence)
    parseSchedule({ step: [1, { at: '12ep', value: 2 }] }, { ...context, warn })
    expect(heard).toEqual(['noise[0].sigma.step[1].at: 12ep is after the end: it never begins.'])
  })

  it('reads deep nesting in one pass', () => {
    let spec: ScheduleSpec = 1
    for (let depth = 0; depth < 60; depth++) spec = { warmUp: '1%', value: spec }
    expect(scheduleSchema.safeParse(spec).success).toBe(true)
  })
})

it('has a JSON Schema that holds every form and refers to itself', () => {
  const text = JSON.stringify(z.toJSONSchema(z.strictObject({ sigma: scheduleSchema })))
  for (const name of Object.keys(schedules)) expect(text).toContain(`"${name}"`)
  expect(text).toContain('$ref')
})
