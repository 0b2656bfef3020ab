import { describe, expect, it } from 'vitest'
import {
  adjusts,
  checkAt,
  healthy,
  type Life,
  live,
  monitorOf,
  overuses,
  troubles,
  World,
} from '../../test/support/pretended-run.js'
import { DataError, keyOf, normalQuantile, Random } from '../base/index.js'
import type { Probe } from './attribute.js'
import { chanceOfTargets } from './check.js'
import { eceOf } from './compare.js'
import { spentAt } from './judge.js'

describe('a healthy run', () => {
  it('raises no more than 4 false alarms in 200 sequences of 20 checks', async () => {
    let alarms = 0
    for (let seed = 0; seed < 200; seed++)
      alarms += overuses(await live(monitorOf(), healthy(seed), 20, seed)).length > 0 ? 1 : 0
    expect(alarms).toBeLessThanOrEqual(4)
  }, 30_000)

  it('raises few at the very edge: clean accuracy below its best by exactly the budget', async () => {
    // From check 5 on the truth is one point below what it was: the hypothesis at its worst.
    let alarms = 0
    const level = (accuracy: number) => normalQuantile(accuracy) * Math.sqrt(1.2644)
    const life: Life = { clean: t => level(t < 5 ? 0.85 : 0.84), noisy: () => 0.3 }
    for (let seed = 0; seed < 60; seed++)
      alarms += overuses(await live(monitorOf({ confirm: 1 }), life, 20, seed)).length > 0 ? 1 : 0
    // alpha is 0.05 for all tests together: 3 of 60 expected at most; 5 standard errors allowed.
    expect(alarms).toBeLessThanOrEqual(11)
  }, 30_000)

  it('spends no more than alpha in all', () => {
    const spent = Array.from({ length: 1e5 }, (_, j) => 5 * spentAt(0.05, j + 1))
    const total = spent.reduce((a, b) => a + b, 0)
    expect(total).toBeLessThan(0.05)
    expect(total).toBeGreaterThan(0.0499)
  })
})

describe('each trouble has its own name', () => {
  const steady = (t: number) => 1.2 * (1 - Math.exp(-t / 2))

  it('a slowly sinking clean accuracy', async () => {
    const life: Life = { clean: t => steady(t) - 0.07 * Math.max(0, t - 6), noisy: () => 0.4 }
    const decisions = await live(monitorOf(), life, 14)
    const first = decisions.findIndex(d => d.events.length > 0)
    expect(troubles(decisions)[0]).toEqual(['cleanDrop'])
    expect(first).toBeGreaterThan(6)
    expect(first).toBeLessThan(13)
    expect(decisions[first].events[0].reason).toMatch(
      /^clean accuracy 0\.\d+ at step \d+, 0\.\d+ at step \d+; worse by more than 0\.01 with p = /,
    )
    expect(decisions[first].events[1]).toMatchObject({ type: 'adjust', noise: 'blur', gain: 0.5 })
  })

  it('a plateau at chance, from the start or later', async () => {
    const deaf: Life = { clean: () => -1.5, noisy: () => -1.5, noisyLoss: () => 2.301 }
    const start = await live(monitorOf(), deaf, 4)
    expect(start.slice(0, 2).map(d => [d.judgement.grace, d.events.length])).toEqual([
      [true, 0],
      [true, 0],
    ])
    expect(troubles(start)[0]).toEqual(['drowned'])
    expect(start[2].events[0].reason).toMatch(/drowns the signal.* 2\.301.*guessing costs 2\.3026/)
    const later: Life = { clean: steady, noisyLoss: t => (t < 6 ? 1 : 2.6) }
    expect(troubles(await live(monitorOf(), later, 9))[0]).toEqual(['drowned'])
  })

  it('a model at chance that a branch without the noise gets away from', async () => {
    // The loss is too doubtful to prove anything by itself.
    const deaf: Life = { clean: () => -1.5, noisy: () => -1.5, noisyLoss: t => 2.5 * 0.98 ** t }
    const world = new World(7)
    const learnt = checkAt(world, { clean: () => 0.5, noisy: () => 0 }, 1).clean
    const guessing = checkAt(world, deaf, 1).clean
    const probe: Probe = async off => (off.length ? learnt : guessing)
    const decisions = await live(monitorOf(), deaf, 3, 1, probe)
    expect(troubles(decisions)).toEqual([['drowned']])
    expect(decisions[2].events[0].reason).toMatch(
      /^blur drowns the signal: .* no better than guess/,
    )
    const helpless: Probe = async () => guessing
    expect(overuses(await live(monitorOf(), deaf, 6, 1, helpless))).toEqual([])
  })

  it('a loss that falls, and is still above that of guessing when nothing is learnt by check 6', async () => {
    const loud: Life = { clean: () => -1.5, noisy: () => -1.5, noisyLoss: t => 20 * 0.9 ** t }
    const decisions = await live(monitorOf(), loud, 6)
    expect(decisions.map(d => d.events.length > 0)).toEqual([...new Array(5).fill(false), true])
    expect(troubles(decisions)).toEqual([['drowned']])
  })

  it('a loss that starts at chance and falls is left alone', async () => {
    const slow: Life = { clean: t => -1.5 + 0.02 * t, noisyLoss: t => 2.5 * 0.98 ** t }
    expect(overuses(await live(monitorOf(), slow, 6))).toEqual([])
  })

  it('a rising calibration error alone', async () => {
    const life: Life = {
      clean: steady,
      noisy: () => 0,
      boast: t => Math.max(0, t - 6) * 0.04,
    }
    const decisions = await live(monitorOf(), life, 14)
    expect(troubles(decisions)[0]).toEqual(['calibration'])
    expect(overuses(decisions)[0].reason).toMatch(/ECE 0\.\d+ at step/)
  })

  it('a rising calibration error, of a noise that a branch without it has less of', async () => {
    const life: Life = { clean: steady, noisy: () => 0, boast: t => Math.max(0, t - 6) * 0.04 }
    const world = new World(78)
    const asked: string[] = []
    const probeWith = (boast: number): Probe => {
      return async (off, under) => {
        asked.push(`${off} ${under}`)
        return world.answers(0, off.length ? boast : 0.2)
      }
    }
    const blamed = await live(monitorOf(), life, 14, 1, probeWith(0.1))
    expect(troubles(blamed)[0]).toEqual(['calibration'])
    expect(adjusts(blamed)[0]).toMatchObject({ noise: 'blur', gain: 0.25 })
    expect(asked).toEqual(expect.arrayContaining([' noisy', 'blur noisy']))
    const acquitted = await live(monitorOf(), life, 14, 1, probeWith(0.3))
    expect(overuses(acquitted)).toEqual([])
    const notes = acquitted.flatMap(d => d.events)
    // Said once, and again after twice as long.
    expect(notes.map(e => [e.type, e.step])).toEqual([
      ['note', 1100],
      ['note', 1400],
    ])
    expect(notes[0].reason).toMatch(
      /^calibration under noise got worse: ECE .* No noise is to blame/,
    )
  })

  it('a rising calibration error of answers that grow modest and no better', async () => {
    const boast = (t: number) => -Math.max(0, t - 6) * 0.04
    const decisions = await live(monitorOf(), { clean: steady, noisy: () => 0, boast }, 14)
    expect(troubles(decisions)[0]).toEqual(['calibration'])
  })

  it('no trouble is a model that gets more right than it dares to say', async () => {
    // As under label smoothing: accuracy rises, confidence behind it.
    const life: Life = {
      clean: steady,
      noisy: t => -0.5 + Math.min(0.1 * t, 1),
      boast: t => -Math.min(0.02 * t, 0.2),
    }
    const decisions = await live(monitorOf(), life, 16)
    const eces = [1, 16].map(t => eceOf(checkAt(new World(1), life, t).noisy) as number)
    expect(eces[1] - eces[0]).toBeGreaterThan(0.08)
    expect(decisions.flatMap(d => d.events)).toEqual([])
  })

  it('nothing is blamed that did not act', async () => {
    const life: Life = { clean: t => steady(t) - 0.2 * Math.max(0, t - 6), noisy: () => 0.4 }
    const world = new World(1)
    const monitor = monitorOf()
    const events = []
    for (let t = 1; t <= 12; t++) {
      const check = { ...checkAt(world, life, t), levels: { blur: 0 } }
      events.push(...(await monitor.observe(check)).events)
    }
    expect(new Set(events.map(e => e.type))).toEqual(new Set(['note']))
    expect(events[0].reason).toMatch(/^clean accuracy .* No noise acted since the last check/)
  })

  it('a falling accuracy under noise', async () => {
    const life: Life = { clean: steady, noisy: t => steady(t) - 0.1 * Math.max(0, t - 6) }
    expect(troubles(await live(monitorOf(), life, 14))[0]).toEqual(['noisyFall'])
  })

  it('NaN, at once, with a way back', async () => {
    const life: Life = { clean: steady, noisyLoss: t => (t < 4 ? 1 : Number.NaN) }
    const decisions = await live(monitorOf(), life, 4)
    expect(troubles(decisions)).toEqual([['diverged']])
    expect(decisions[3].action).toBe('rewind')
    expect(decisions[3].events[0].reason).toBe(
      'the run diverged: at step 400 the loss under noise is no finite number.',
    )
  })

  it('a noise that holds accuracy down from the start, by a branch without it', async () => {
    const world = new World(77)
    const life: Life = { clean: t => 0.6 * steady(t), noisyLoss: () => 1.3 }
    const asked: string[][] = []
    const probe: Probe = async off => {
      asked.push([...off])
      return world.answers(off.includes('blur') ? 1.1 : 0.6)
    }
    const decisions = await live(monitorOf(), life, 3, 5, probe)
    expect(troubles(decisions)).toEqual([['suppressed']])
    expect(asked).toEqual([[], ['blur']])
    expect(overuses(decisions)[0].reason).toMatch(
      /^blur holds clean accuracy down: a short branch without it ends 0\.\d+ above one with it/,
    )
  })

  it('a noise that keeps a model unsure, where accuracy cannot show it yet', async () => {
    const world = new World(79)
    const life: Life = { clean: t => 0.6 * steady(t), noisyLoss: () => 1.3 }
    const probeWith = (skill: number, boast: number): Probe => {
      return async off => world.answers(off.length ? skill : 0.6, off.length ? 0 : boast)
    }
    const [event] = overuses(await live(monitorOf(), life, 3, 5, probeWith(0.65, -0.4)))
    expect(event).toMatchObject({ noise: 'blur', evidence: { troubles: ['suppressed'] } })
    expect(event.reason).toMatch(
      /squared error of its confidence 0\.\d+ below \(0\.05 is allowed\)/,
    )
    // As modest, and less often right without it: that noise takes nothing away.
    expect(overuses(await live(monitorOf(), life, 3, 5, probeWith(0.55, -0.4)))).toEqual([])
    expect(overuses(await live(monitorOf(), life, 3, 5, probeWith(0.65, -0.1)))).toEqual([])
  })

  it('catches noise four times too strong within 3 checks for 20 of 20 seeds', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const world = new World(1000 + seed)
      const life: Life = { clean: t => 0.5 * steady(t), noisyLoss: t => 1.2 + 0.5 / t }
      const probe: Probe = async off => world.answers(off.length ? 0.9 : 0.5)
      expect(overuses(await live(monitorOf(), life, 3, seed, probe)).length, `seed ${seed}`).toBe(1)
    }
  })

  it('a regression run: its error grows beyond the budget', async () => {
    const random = new Random(keyOf(3, 'test:regression'))
    const squared = (rmse: number) => ({
      squaredErrors: Float32Array.from({ length: 2000 }, () => (rmse * random.normal()) ** 2),
    })
    const monitor = monitorOf({ chance: chanceOfTargets([0, 2, 4]), maxCleanDrop: 0.05 })
    const decisions = []
    for (let t = 1; t <= 8; t++)
      decisions.push(
        await monitor.observe({
          step: t,
          clean: squared(t < 5 ? 0.5 : 0.7),
          noisy: squared(0.8),
          cleanLoss: 0.3,
          noisyLoss: 0.6,
          noisyLossError: 0.01,
          levels: { blur: 1 },
        }),
      )
    expect(troubles(decisions)[0]).toEqual(['cleanDrop'])
    expect(overuses(decisions)[0].reason).toMatch(/^clean error \(RMSE\) 0\.\d+ at step 6/)
  })
})

describe('what is done about it', () => {
  const sinking: Life = { clean: t => 1.2 - 0.2 * Math.max(0, t - 3), noisy: () => 0.4 }

  it('warns, stops or adjusts, as asked', async () => {
    const warned = await live(monitorOf({ onOveruse: 'warn' }), sinking, 7)
    expect(overuses(warned).length).toBeGreaterThan(0)
    expect(adjusts(warned)).toEqual([])
    const stopped = await live(monitorOf({ onOveruse: 'stop' }), sinking, 7)
    expect(stopped.map(d => d.action)).toContain('stop')
  })

  it('gives an adjustment time to work before the next', async () => {
    const monitor = monitorOf()
    const decisions = await live(monitor, sinking, 12)
    const at = decisions.flatMap((d, i) => (d.events.some(e => e.type === 'adjust') ? [i] : []))
    expect(at.length).toBeGreaterThan(1)
    at.slice(1).forEach((check, i) => {
      expect(check - at[i]).toBeGreaterThan(2)
    })
    expect(monitor.control('blur').gain).toBeLessThan(0.5)
  })

  it('lets a rising schedule wait where the harm is small', async () => {
    const level = (accuracy: number) => normalQuantile(accuracy) * Math.sqrt(1.2644)
    const mild: Life = {
      clean: t => level(t < 5 ? 0.9 : 0.868),
      noisy: () => 0.5,
      rising: ['blur'],
    }
    const monitor = monitorOf({ maxCleanDrop: 0.02 })
    const decisions = await live(monitor, mild, 12, 3)
    expect(adjusts(decisions)[0]).toMatchObject({ gain: 1, hold: 100 })
    expect(adjusts(decisions)[0].reason).toBe('blur waits: its schedule is 100 updates behind.')
    // Waiting did not help: next the gain sinks.
    expect(adjusts(decisions)[1]).toMatchObject({ gain: 0.5, hold: 100 })
  })

  it('grows again after patience, to the ceiling that failed and slowly beyond', async () => {
    const monitor = monitorOf()
    const life: Life = {
      clean: t => (t < 4 || t > 6 ? 1.2 : 0.9),
      noisy: () => 0.5,
    }
    const decisions = await live(monitor, life, 48)
    const gains = adjusts(decisions).map(e => (e.type === 'adjust' ? e.gain : 0))
    expect(gains[0]).toBe(0.5)
    const climb = [0.5, 0.55, 0.6, 0.65, 0.7, Math.SQRT1_2]
    expect(gains).toEqual(climb.map(g => expect.closeTo(g, 9)))
    const up = adjusts(decisions).find(e => e.reason.includes('turned up'))
    expect(up?.reason).toMatch(/gain 0\.\d+ to 0\.\d+ after 6 checks well inside the budget/)
  })

  it('blames by branches where several noises act, and all where none stands out', async () => {
    const options = { noises: ['blur', 'flips', 'off'] }
    const levels = { blur: 0.3, flips: 0.1, off: 0 }
    const world = new World(50)
    const run = async (harm: string) => {
      const probe: Probe = async off => world.answers(off.includes(harm) ? 1.1 : 0.7)
      const monitor = monitorOf(options)
      const decisions = []
      const mine = new World(51)
      for (let t = 1; t <= 5; t++)
        decisions.push(
          await monitor.observe({ ...checkAt(mine, sinking, t), levels, noisyLoss: 0.5 }, probe),
        )
      return { decisions, monitor }
    }
    const { decisions, monitor } = await run('flips')
    expect(overuses(decisions).map(e => e.noise)).toEqual(['flips'])
    expect([monitor.control('flips').gain, monitor.control('blur').gain]).toEqual([0.25, 1])
    expect(overuses(decisions)[0]).toMatchObject({ evidence: { branches: 3 } })
    const nobody = await run('nothing')
    expect(overuses(nobody.decisions).map(e => e.noise)).toEqual(['all'])
    expect(adjusts(nobody.decisions).map(e => e.noise)).toEqual(['blur', 'flips'])
  })

  it('asks for branches ever more rarely when they find nothing', async () => {
    let asked = 0
    const world = new World(60)
    const probe: Probe = async () => {
      asked++
      return world.answers(0.7)
    }
    const loud: Life = { clean: () => 0.8, noisyLoss: () => 1.4 }
    await live(monitorOf(), loud, 24, 8, probe)
    expect(asked / 2).toBeLessThanOrEqual(4)
    expect(asked / 2).toBeGreaterThanOrEqual(3)
  })

  it('decides the same after a resume at any check', async () => {
    const life: Life = { ...sinking, boast: t => Math.max(0, t - 5) * 0.03 }
    const whole = await live(monitorOf(), life, 10)
    const world = new World(1)
    let state: unknown
    for (let t = 1; t <= 10; t++) {
      const monitor = monitorOf()
      if (state) monitor.restore(state)
      expect(await monitor.observe(checkAt(world, life, t))).toEqual(whole[t - 1])
      state = JSON.parse(JSON.stringify(monitor.state()))
    }
    expect(() => monitorOf().restore({ judge: {} })).toThrow(DataError)
    expect(() => monitorOf().restore(undefined)).toThrow(DataError)
  })
})
