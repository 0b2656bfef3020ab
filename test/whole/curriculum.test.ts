import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { resume, train } from '../../src/index.js'
import { readEvents } from '../../src/record/index.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-curriculum-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A third of the labels are wrong for good: what an easy start leaves out. */
const recipe = (curriculum?: object) => ({
  model: { network: 'mlp' },
  data: { train: 'mnist:train', validation: 0.3, limit: 600 },
  optimizer: { learningRate: 2e-3 },
  noise: [{ at: 'target', kind: 'flip', rate: 0.33 }],
  train: { epochs: 5, batch: 32, checkpointEvery: '7ba', ...(curriculum && { curriculum }) },
  monitor: {
    samples: 60,
    every: '2.5ep',
    onOveruse: 'warn',
    steer: { every: '40%', trial: '8ba' },
  },
})

/** A run's events and the hash of its model; it is stopped and resumed at each step given. */
async function run(name: string, curriculum?: object, interruptions: readonly number[] = []) {
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
  let result = await train({ recipe: recipe(curriculum), out, ...settings() })
  while (!result.finished) result = await resume({ run: out, ...settings() })
  const hash = createHash('sha256').update(readFileSync(result.model!)).digest('hex')
  const { events } = readEvents(join(out, 'events.jsonl'))
  const only = (type: string) => events.filter(e => e.type === type) as Record<string, unknown>[]
  return { hash, only, losses: only('epoch').map(({ loss }) => Number(loss)) }
}

describe('harder samples later', () => {
  const curriculum = { share: { ramp: [0.4, 1], to: '80%' } }

  it('draws epochs from what costs least, a share that grows', async () => {
    const easy = await run('easy', curriculum)
    const plain = await run('plain')
    expect(
      easy.only('curriculum').map(({ epoch, share }) => [epoch, Number(share).toFixed(2)]),
    ).toEqual([
      [1, '0.55'],
      [2, '0.70'],
      [3, '0.85'],
    ])
    // All samples in the first epoch, from the second on without most of the wrong labels.
    expect(easy.losses[0]).toBe(plain.losses[0])
    expect(easy.losses[1]).toBeLessThan(0.8 * plain.losses[1])
    expect(easy.hash).not.toBe(plain.hash)
  })

  it('goes on to the same bits from within an epoch and from its start', async () => {
    const whole = await run('whole', curriculum)
    const batches = Number(whole.only('epoch')[0].step)
    const at = [batches, batches + 5, 2 * batches + 3, 3 * batches]
    const broken = await run('broken', curriculum, at)
    expect(broken.hash).toBe(whole.hash)
    expect(broken.losses).toEqual(whole.losses)
  })

  it.each([
    [{ share: 1 }, /train\.curriculum: expected an epoch that draws from less than all samples/],
    [{ from: '5ep' }, /from epoch 5 on \(of 5\)/],
    [{ share: { ramp: [0.3, 1.2] } }, /curriculum\.share\.ramp\[1\]: expected .*from 0 to 1/],
    [{ shares: 0.5 }, /Did you mean share/],
    [{ share: 0.5, from: '3s' }, /curriculum\.from/],
  ])('refuses %j', async (wrong, sentence) => {
    const out = join(folder, 'refused')
    await expect(train({ recipe: recipe(wrong), out, threads: 1 })).rejects.toThrow(sentence)
  })
})
