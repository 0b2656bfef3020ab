import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { transpiledRooms } from '../../test/support/transpiled.js'
import {
  DataError,
  InternalError,
  ModelError,
  ResumableError,
  type TemperError,
  UsageError,
} from '../base/index.js'
import { type ChildTask, superviseChild } from './child.js'
import { packError, unpackError } from './crossing.js'
import { readBeat, readFromChild, writeBeat } from './protocol.js'
import { serveActs } from './serve.js'

const write = transpiledRooms('base', 'supervise')
const entry = write(
  'acts.js',
  `
import { DataError, InternalError } from './base/index.js'
import { serveActs } from './supervise/index.js'

const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
const busy = ms => { const end = performance.now() + ms; while (performance.now() < end); }

serveActs({
  echo: (payload, { emit }) => { emit('a'); emit({ n: 2 }); return payload },
  refuse: () => { throw new DataError('row 3: bad.', { row: 3, act: () => {} }) },
  fault: () => { throw new InternalError('broken') },
  slip: () => undefined.length,
  late: async () => { setTimeout(() => { throw new TypeError('outside') }, 10); await sleep(5000) },
  uncopyable: () => () => {},
  die: ({ signal }) => { console.error('last words'); process.kill(process.pid, signal); return sleep(5000) },
  leave: ({ code }) => process.exit(code),
  forever: (payload, { emit }) => { emit(process.pid); for (;;); },
  busy: ({ ms }) => { busy(ms); return 'done' },
  freeze: () => process.kill(process.pid, 'SIGSTOP'),
  hoard: async () => {
    const held = []
    for (;;) { held.push(Buffer.alloc(16 * 2 ** 20, 1)); await sleep(5) }
  },
  save: async (payload, { emit, signal }) => {
    emit('working')
    await new Promise(resolve => signal.addEventListener('abort', resolve))
    await sleep(20)
    return 'saved'
  },
  stubborn: async (payload, { emit }) => { emit('working'); await sleep(60000) },
})
`,
)

const parentEntry = write(
  'parent.js',
  `
import { superviseChild } from './supervise/index.js'

superviseChild({
  entry: new URL('./acts.js', import.meta.url),
  act: 'forever',
  payload: {},
  graceMs: 200,
  onEvent: pid => console.log(pid),
})
`,
)

const supervise = <R = unknown>(act: string, rest: Partial<ChildTask<never>> = {}) =>
  superviseChild<R, never>({ entry, act, payload: {}, ...rest })

async function refusal(work: Promise<unknown>): Promise<TemperError> {
  return work.then(
    () => expect.fail('nothing was refused'),
    (error: TemperError) => error,
  )
}

describe('a supervised child', () => {
  it('does the act: the payload goes in, events and the result come out', async () => {
    const events: unknown[] = []
    const payload = { list: Float32Array.of(1, 2), map: new Map([['k', 1n]]) }
    const result = await superviseChild({
      entry,
      act: 'echo',
      payload,
      onEvent: e => events.push(e),
    })
    expect(result).toEqual(payload)
    expect(events).toEqual(['a', { n: 2 }])
  })

  it('passes errors on with class, message, exit code and fields', async () => {
    const error = await refusal(supervise('refuse'))
    expect(error).toBeInstanceOf(DataError)
    expect(error.message).toBe('row 3: bad.')
    expect(error.exitCode).toBe(3)
    expect(error.fields).toMatchObject({ row: 3, childStack: expect.stringContaining('refuse') })
  })

  it('makes a fault of our own an internal error, once', async () => {
    expect((await refusal(supervise('fault'))).message).toBe('internal: broken')
    const slip = await refusal(supervise('slip'))
    expect(slip).toBeInstanceOf(InternalError)
    expect(slip.message).toMatch(/TypeError.*length/)
    expect((await refusal(supervise('late'))).message).toBe('internal: TypeError: outside')
    expect((await refusal(supervise('toString'))).message).toMatch(/no act "toString"/)
    expect((await refusal(supervise('uncopyable'))).message).toMatch(/could not be cloned/)
    const payload = () => {}
    expect((await refusal(supervise('echo', { payload }))).message).toMatch(/cannot be sent/)
  })

  it.each(['SIGSEGV', 'SIGKILL', 'SIGABRT'])('survives its death by %s', async signal => {
    const payload = { signal }
    const run = await refusal(supervise('die', { payload }))
    expect(run).toBeInstanceOf(ResumableError)
    expect(run.message).toContain(`die: the process doing the work was ended by ${signal}`)
    expect(run.fields).toMatchObject({ signal, output: expect.stringContaining('last words') })
    const probe = await refusal(supervise('die', { payload, purpose: 'probe' }))
    expect(probe).toBeInstanceOf(ModelError)
    expect(probe.message).toMatch(new RegExp(`^model: .*${signal} .*hostile`))
  })

  it('says when it left without an answer', async () => {
    const error = await refusal(supervise('leave', { payload: { code: 7 } }))
    expect(error.message).toMatch(/ended with code 7 and no answer/)
  })

  it('is told when a listener throws, and ends', async () => {
    const onEvent = () => {
      throw new UsageError('enough')
    }
    expect(await refusal(supervise('echo', { onEvent }))).toMatchObject({ message: 'enough' })
  })
})

describe.concurrent('the bounds', () => {
  it('end an endless loop at the deadline, or when it stalls', async () => {
    const deadline = await refusal(
      supervise('forever', { deadlineMs: 600, graceMs: 100, purpose: 'probe' }),
    )
    expect(deadline).toBeInstanceOf(ModelError)
    expect(deadline.message).toMatch(/was not done within 0\.6 s/)
    const stalled = await refusal(supervise('forever', { stallMs: 400, graceMs: 100 }))
    expect(stalled.message).toMatch(/made no progress for 0\.4 s/)
  })

  it('let a busy thread be, as long as the process shows life', async () => {
    expect(await supervise('busy', { payload: { ms: 5000 }, heartbeatMs: 3000 })).toBe('done')
  })

  it('end a frozen process', async () => {
    const error = await refusal(supervise('freeze', { heartbeatMs: 500, graceMs: 100 }))
    expect(error.message).toMatch(/no sign of life for 0\.5 s/)
  })

  it('end a memory bomb', async () => {
    const error = await refusal(supervise('hoard', { memoryMb: 300 }))
    expect(error).toBeInstanceOf(ResumableError)
    expect(error.message).toMatch(/more than 300 MiB/)
  })
})

describe('stopping', () => {
  it('lets the act save and return', async () => {
    const control = new AbortController()
    const options = { signal: control.signal, onEvent: () => control.abort() }
    expect(await supervise('save', options)).toBe('saved')
  })

  it('does not start what is already stopped', async () => {
    const error = await refusal(supervise('echo', { signal: AbortSignal.abort() }))
    expect(error.message).toBe('echo: stopped before it began.')
  })

  it('kills an act that will not, after its grace or at the second word', async () => {
    const stop = new AbortController()
    const graced = await refusal(
      supervise('stubborn', { signal: stop.signal, graceMs: 200, onEvent: () => stop.abort() }),
    )
    expect(graced.message).toMatch(/did not stop within 0\.2 s/)
    const kill = new AbortController()
    const killed = await refusal(
      supervise('stubborn', { killSignal: kill.signal, onEvent: () => kill.abort() }),
    )
    expect(killed.message).toMatch(/SIGKILL/)
  })

  it('leaves no orphan when the parent is killed', async () => {
    const parent = spawn(process.execPath, [fileURLToPath(parentEntry)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pid = Number(await new Promise(resolve => parent.stdout.once('data', resolve)))
    const alive = () => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    }
    expect(alive()).toBe(true)
    parent.kill('SIGKILL')
    await expect.poll(alive, { timeout: 10_000 }).toBe(false)
  })
})

describe('what crosses', () => {
  it('chooses a class from a closed list only', () => {
    const hostile = { name: 'Function', message: 'x'.repeat(1e5), fields: 7 }
    const error = unpackError(hostile)
    expect(error).toBeInstanceOf(InternalError)
    expect(error.message.length).toBeLessThan(21_000)
    for (const odd of [undefined, 'text', {}, { name: '__proto__' }])
      expect(unpackError(odd)).toBeInstanceOf(InternalError)
    class Narrower extends ResumableError {}
    const narrow = unpackError(packError(new Narrower('the loss became NaN.')))
    expect([narrow.constructor, narrow.exitCode]).toEqual([ResumableError, 5])
    for (const Class of [UsageError, ModelError, DataError, ResumableError, InternalError]) {
      const back = unpackError(packError(new Class('why', { a: 1 })))
      expect([back.constructor, back.message]).toEqual([Class, new Class('why').message])
      expect(back.fields.a).toBe(1)
    }
  })

  it('is checked on arrival', () => {
    expect(readFromChild({ type: 'done', result: 1 })).toEqual({ type: 'done', result: 1 })
    for (const odd of [null, 'done', { type: 'eval' }, 3])
      expect(readFromChild(odd)).toBeUndefined()
    expect(readBeat(writeBeat({ rss: 5, blockedMs: 1.6 }).trim())).toEqual({ rss: 5, blockedMs: 2 })
    expect(readBeat('1 -1')).toBeUndefined()
  })

  it('needs a parent', () => {
    const { send } = process
    process.send = undefined
    expect(() => serveActs({})).toThrow(UsageError)
    process.send = send
  })
})
