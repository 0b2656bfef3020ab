import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { resume, train } from '../../src/index.js'
import { Monitor } from '../../src/monitor/index.js'
import { readEvents } from '../../src/record/index.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-when-'))
afterAll(() => rmSync(folder, { recursive: true }))

const recipe = {
  model: { network: 'mlp' },
  data: { train: 'mnist:train', validation: 0.3, limit: 600 },
  optimizer: { learningRate: 2e-3 },
  train: { epochs: 4, batch: 32, checkpointEvery: '5ba' },
  monitor: { samples: 100, every: '0.5ep' },
}

/** A run's events and the hash of its model; it is stopped and resumed at each step given. */
async function run(name: string, changes: object, interruptions: readonly number[] = []) {
  const out = join(folder, name)
  const stops = [...interruptions]
  const settings = () => {
    const stop = new AbortController()
    const at = stops.shift()
    const onEvent = (event: { type: string; step?: unknown }) => {
      if (event.type === 'progress' && event.step === at) stop.abort()
    }
    return { threads: 1, signal: stop.signal, onEvent }
  }
  let result = await train({ recipe: { ...recipe, ...changes }, out, ...settings() })
  while (!result.finished) result = await resume({ run: out, ...settings() })
  const hash = createHash('sha256').update(readFileSync(result.model!)).digest('hex')
  const { events } = readEvents(join(out, 'events.jsonl'))
  const only = (type: string) => events.filter(e => e.type === type) as Record<string, unknown>[]
  return { hash, only, steps: result.steps, out }
}

const level = (check: Record<string, unknown>) =>
  (check.levels as Record<string, number>)['input:gaussian.sigma']

describe('a noise that waits', () => {
  const sigma = { ramp: [0.1, 0.3], to: '50%' }
  const when = 'cleanAccuracy >= 0.6'
  const gated = { noise: [{ at: 'input', kind: 'gaussian', sigma, start: { when } }] }

  it('begins when a check meets its condition, and its schedule with it', async () => {
    const { only } = await run('gate', gated)
    const [begin] = only('begin')
    expect(begin.reason).toMatch(/begins at step \d+: cleanAccuracy is 0\.\d+ \(>= 0\.6\)/)
    const checks = only('check')
    const before = checks.filter(check => Number(check.step) <= Number(begin.step))
    const [first] = checks.filter(check => Number(check.step) > Number(begin.step))
    expect(before.map(level)).toEqual(before.map(() => 0))
    expect(before.length).toBeGreaterThan(0)
    // Half of the run's steps take the ramp from 0.1 to 0.3.
    const steps = Number(checks.at(-1)!.step)
    const since = Number(first.step) - 1 - Number(begin.step)
    expect(level(first)).toBeCloseTo(0.1 + (0.2 * since) / (steps / 2), 9)
  })

  it('goes on to the same bits when it is interrupted before, at and after it', async () => {
    const whole = await run('gate whole', gated)
    const at = Number(whole.only('begin')[0].step)
    const broken = await run('gate broken', gated, [at - 1, at, at + 2])
    expect(broken.hash).toBe(whole.hash)
    expect(broken.only('begin')).toHaveLength(1)
  })

  it('begins at a time, and at the latest at one', async () => {
    const noise = (start: unknown) => [{ at: 'input', kind: 'gaussian', sigma: 0.2, start }]
    const atLatest = { when: 'cleanAccuracy > 0.999', atLatest: '1.5ep' }
    const [timed, latest] = [
      await run('timed', { noise: noise('1.5ep') }),
      await run('latest', { noise: noise(atLatest) }),
    ]
    expect(timed.only('check').map(level)).toEqual([0, 0, 0, 0.2, 0.2, 0.2, 0.2, 0.2])
    const scores = ({ only }: typeof timed) =>
      only('check').map(({ clean, noisy }) => [clean, noisy])
    expect(scores(latest)).toEqual(scores(timed))
  })
})

describe('a schedule that is a function', () => {
  it('does what its table does, which plan and recipe hold, after a resume too', async () => {
    const sigma = ({ progress }: { progress: number }) => 0.4 * progress * (2 - progress)
    const learningRate = ({ epoch }: { epoch: number }) => 2e-3 / (1 + epoch)
    const changes = {
      optimizer: { learningRate },
      noise: [{ at: 'input', kind: 'gaussian', sigma: { uniform: [0, sigma] } }],
      train: { ...recipe.train, epochs: 1 },
    }
    const whole = await run('function', changes)
    const broken = await run('function broken', changes, [4])
    expect(broken.hash).toBe(whole.hash)
    const written = parse(readFileSync(join(whole.out, 'recipe.yaml'), 'utf8'))
    expect(written.noise[0].sigma.uniform[1].table[1]).toBeCloseTo((0.4 / 14) * (2 - 1 / 14), 2)
    const { optimizer, noise } = written
    expect((await run('table', { ...changes, optimizer, noise })).hash).toBe(whole.hash)
  })
})

describe('a run that may end early', () => {
  it('ends where enough is reached, and says so', async () => {
    const changes = { train: { ...recipe.train, stop: { when: 'cleanAccuracy >= 0.5' } } }
    const { only, steps } = await run('enough', changes)
    const [stop] = only('stop')
    expect(stop.reason).toMatch(/^step \d+ reached what was asked for: cleanAccuracy is/)
    expect(steps).toBe(Number(stop.step))
    expect(only('end')[0].reason).toBe(stop.reason)
    expect(only('checkpoint').at(-1)!.step).toBe(stop.step)
  })

  it('ends when nothing gets better, and not in between after a resume', async () => {
    const optimizer = { learningRate: 1e-9 }
    const stop = { patience: 2, after: '1ep' }
    const changes = { optimizer, train: { ...recipe.train, stop } }
    const { only, hash } = await run('patience', changes)
    expect(only('stop')[0].reason).toMatch(/no better check for 2 checks/)
    const again = await run('patience broken', changes, [3])
    expect([again.hash, again.only('stop').length]).toEqual([hash, 1])
  })

  it('trains every epoch without a rule, and keeps the last weights where asked', async () => {
    const { only } = await run('last', { train: { ...recipe.train, epochs: 1, keep: 'last' } })
    const [end] = only('end') as { best?: { step: number }; reason?: string }[]
    expect(end.reason).toBe('every epoch was trained')
    expect(end.best?.step).toBe(only('check').at(-1)!.step)
  })
})

describe('a run that is steered', () => {
  it('tries other strengths, and goes on to the same bits when it is interrupted around that', async () => {
    const steer = { every: '25%', trial: '25%', ratio: 8, first: 1 }
    const changes = {
      noise: [{ at: 'input', kind: 'gaussian', sigma: 3, clip: 'none' }],
      // Warnings alone: strength is moved by the branches only.
      monitor: { ...recipe.monitor, steer, onOveruse: 'warn' },
      train: { ...recipe.train, epochs: 3 },
    }
    const whole = await run('steered', changes)
    const gains = whole.only('adjust').map(({ step, gain }) => ({ step, gain }))
    expect(gains.length).toBeGreaterThan(0)
    expect(whole.only('adjust')[0].reason).toMatch(/robustScore gained -?0\.\d+ \+- 0\.\d+ at/)
    const broken = await run('steered broken', changes, [Number(gains[0].step), 20])
    expect(broken.hash).toBe(whole.hash)
    expect(broken.only('adjust').map(({ step, gain }) => ({ step, gain }))).toEqual(gains)
  })
})

describe('what the monitor is shown', () => {
  it('is the loss under noise that no step has trained on, which a network knows by heart', async () => {
    const observe = vi.spyOn(Monitor.prototype, 'observe')
    const noise = [{ at: 'input', kind: 'gaussian', sigma: 4, clip: 'none' }]
    const train = { ...recipe.train, epochs: 1 }
    await run('unseen', { noise, train, monitor: { ...recipe.monitor, onOveruse: 'warn' } })
    const [first] = observe.mock.calls.map(([check]) => check)
    observe.mockRestore()
    // Samples trained on once, with the same noise, cost 0.006.
    expect(first.noisyLoss).toBeGreaterThan(1.2)
  })
})
