import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { freePort, startRedis } from '../../../test/support/redis.js'
import { contentHash, temperVersion } from '../../record/index.js'
import { QueueCarrier } from './carrier.js'
import { queueNameOf } from './names.js'
import { checkRedis, connectionOf } from './redis.js'
import { seal } from './seal.js'
import { openOrder, type RemoteAct, work } from './worker.js'

const redis = await startRedis()
const folder = mkdtempSync(join(tmpdir(), 'temper-queue-'))
const key = 'a study key of enough length'
afterAll(() => {
  redis?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** How often each number was doubled. */
const executed = new Map<number, number>()
const acts: Record<string, RemoteAct> = {
  double: {
    payload: z.strictObject({ value: z.number() }),
    async run(payload, { signal }) {
      const { value } = payload as { value: number }
      await sleep(20, undefined, { signal })
      executed.set(value, (executed.get(value) ?? 0) + 1)
      return { twice: 2 * value }
    },
  },
  shout: {
    payload: z.strictObject({ file: z.string() }),
    async run(payload, { artefact, keep }) {
      const text = readFileSync(await artefact((payload as { file: string }).file), 'utf8')
      const path = join(folder, 'loud')
      writeFileSync(path, text.toUpperCase())
      return { file: await keep(path) }
    },
  },
}
const orderOf = (value: number) => {
  const payload = { value }
  return { id: contentHash({ act: 'double', payload }), act: 'double', payload }
}

describe.skipIf(!redis)('orders over Redis (skipped where redis-server is not installed)', () => {
  const url = redis?.url as string
  const leave = new AbortController()
  let carrier: QueueCarrier
  const workers: Promise<{ done: number; refused: number }>[] = []
  const start = (n: number) =>
    work({
      redis: url,
      key,
      acts,
      store: join(folder, `worker-${n}`),
      find: async () => new Map(),
      signal: leave.signal,
    })

  beforeAll(async () => {
    const store = join(folder, 'store')
    carrier = await QueueCarrier.open({ redis: url, key, study: 's1', store, data: [] })
    workers.push(start(0), start(1))
  })
  afterAll(async () => {
    leave.abort()
    await Promise.all(workers)
    await carrier.close()
  })

  it('carries orders to workers and their answers back, each done once', async () => {
    const results = await Promise.all([1, 2, 3, 4, 5, 6].map(v => carrier.run(orderOf(v))))
    expect(results).toEqual([2, 4, 6, 8, 10, 12].map(twice => ({ twice })))
    expect([1, 2, 3, 4, 5, 6].map(v => executed.get(v))).toEqual([1, 1, 1, 1, 1, 1])
    expect(carrier.capacity).toBe(2)
  })

  it('carries files by their hash, both ways', async () => {
    const path = join(folder, 'soft')
    writeFileSync(path, 'soft words')
    const file = await carrier.artefacts.keep(path)
    const id = contentHash({ act: 'shout', payload: { file } })
    const result = (await carrier.run({ id, act: 'shout', payload: { file } })) as { file: string }
    expect(readFileSync(carrier.artefacts.pathOf(result.file), 'utf8')).toBe('SOFT WORDS')
  })

  it('loses nothing when Redis forgets everything or restarts', async () => {
    const client = new Redis(url)
    client.on('error', () => {})
    const running = Promise.all(Array.from({ length: 30 }, (_, i) => carrier.run(orderOf(100 + i))))
    await sleep(100)
    await client.flushall()
    await sleep(300)
    await redis?.restart()
    const results = (await running) as { twice: number }[]
    expect(results.map(({ twice }) => twice)).toEqual(
      Array.from({ length: 30 }, (_, i) => 200 + 2 * i),
    )
    client.disconnect()
  }, 60_000)

  it('executes no order that is replayed, unsigned, misnamed or of another study', async () => {
    const queue = new Queue(queueNameOf(key), { connection: connectionOf(url) })
    const before = new Map(executed)
    const order = { ...orderOf(1), attempt: 1, study: 's1', version: temperVersion }
    const right = seal(key, 'order', order)
    const jobId = `${order.id}-1`
    const other = { ...orderOf(999), attempt: 1, study: 's1', version: temperVersion }
    const hostile = [
      { data: right, jobId },
      { data: right, jobId: 'again' },
      { data: { body: right.body, mac: '' }, jobId: 'unsigned' },
      { data: seal('another key of the same length', 'order', other), jobId: `${other.id}-1` },
      { data: seal(key, 'answer', other), jobId: `${other.id}-2` },
      { data: seal(key, 'order', { ...other, study: 's2' }), jobId: `${other.id}-1` },
      { data: seal(key, 'order', { ...other, payload: { value: 'x' } }), jobId: `${other.id}-1` },
      { data: seal(key, 'order', { ...other, act: 'constructor' }), jobId: `${other.id}-1` },
      { data: null, jobId: 'nothing' },
    ]
    for (const { data, jobId } of hostile) {
      const job = await queue.add('order', data, {
        jobId,
        removeOnFail: true,
        removeOnComplete: true,
      })
      for (let i = 0; i < 100 && (await queue.getJob(job.id as string)); i++) await sleep(50)
    }
    // Signed and well formed, yet nobody asked for it: the claim is turned away.
    const unasked = seal(key, 'order', other)
    await queue.add('order', unasked, { jobId: `${other.id}-1`, removeOnComplete: true })
    for (let i = 0; i < 100 && (await queue.getJob(`${other.id}-1`)); i++) await sleep(50)
    expect(executed).toEqual(before)
    await queue.close()
  }, 60_000)
})

describe('orders that are not what they seem', () => {
  it('opens none of 10,000 broken seals', () => {
    const order = { ...orderOf(7), attempt: 1, study: 's1', version: temperVersion }
    const { body, mac } = seal(key, 'order', order)
    const id = `${order.id}-1`
    expect(openOrder({ id, data: { body, mac } }, key)).toEqual(order)
    let opened = 0
    for (let i = 0; i < 10_000; i++) {
      const at = i % body.length
      const bent = body.slice(0, at) + String.fromCharCode(33 + (i % 90)) + body.slice(at + 1)
      const cut = mac.slice(0, i % mac.length)
      const data = bent === body ? { body, mac: cut } : { body: bent, mac }
      if (openOrder({ id, data }, key)) opened++
    }
    expect(opened).toBe(0)
  })
})

describe('without Redis', () => {
  it('says so in one sentence within 5 seconds, and can be gone on from', async () => {
    const started = performance.now()
    const url = `redis://:secret@127.0.0.1:${await freePort()}`
    const error = await checkRedis(url).catch(error => error)
    expect(error.exitCode).toBe(5)
    expect(error.message).toMatch(
      /^--redis: redis:\/\/127.* cannot be reached: .*same command again\.$/,
    )
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('refuses what is no address', () => {
    expect(() => connectionOf('localhost')).toThrow(/--redis: expected redis:\/\/HOST:PORT/)
  })
})
