import { type ChildProcess, fork } from 'node:child_process'
import type { Readable } from 'node:stream'
import { InternalError, withDefaults } from '../base/index.js'
import type { ChildTask } from './child.js'
import { unpackError } from './crossing.js'
import { childError, deathError, type Mission } from './death.js'
import { type Beat, beatDescriptor, type FromParent, readBeat, readFromChild } from './protocol.js'
import { Timers } from './timers.js'

const defaults = { heartbeatMs: 30_000, stallMs: 600_000 }
const graceMs = { probe: 1000, run: 10_000 }
/** Last characters of what the child wrote on its standard streams, kept for errors. */
const outputKept = 4000
/** A parent that slept finds its timers expired before it has read what came: one more look. */
const secondLookMs = 1000
/** Longest wait for messages still on their way when the child is gone. */
const drainMs = 1000

/** One child from its start to its end. */
export class Supervision {
  private readonly task: ChildTask & typeof defaults & { graceMs: number }
  private readonly mission: Mission
  private readonly child: ChildProcess
  private readonly timers = new Timers()
  private output = ''
  /** Why the child was ended from here; outranks whatever it says afterwards. */
  private verdict: Error | undefined
  private outcome: { result: unknown } | { error: Error } | undefined

  constructor(
    task: ChildTask,
    private readonly resolve: (result: unknown) => void,
    private readonly reject: (error: Error) => void,
  ) {
    const purpose = task.purpose ?? 'run'
    this.mission = { act: task.act, purpose }
    this.task = withDefaults({ ...defaults, graceMs: graceMs[purpose] }, task)
    this.child = fork(task.entry, [], {
      serialization: 'advanced',
      execArgv: [...(task.execArgv ?? [])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
    })
    this.listen()
    this.awaitBeat()
    this.watchDeadline()
  }

  private listen(): void {
    const { child, task } = this
    child.on('message', message => this.hear(message))
    child.on('error', error => this.neverRan(error))
    child.on('exit', (code, signal) => this.drain(() => this.settle(code, signal)))
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-outputKept)
      })
    readLines(child.stdio[beatDescriptor] as Readable, line => this.feel(readBeat(line)))
    task.signal?.addEventListener('abort', this.askToStop)
    task.killSignal?.addEventListener('abort', this.kill)
    process.on('exit', this.kill)
  }

  private hear(raw: unknown): void {
    const message = readFromChild(raw)
    if (!message || this.outcome) return
    if (message.type === 'ready') this.order()
    else if (message.type === 'event') this.pass(message.event)
    else if (message.type === 'done') this.outcome = { result: message.result }
    else this.outcome = { error: unpackError(message.error) }
    if (this.outcome) this.timers.start('end', this.task.graceMs, this.kill)
  }

  private order(): void {
    const { act, payload, heartbeatMs, graceMs } = this.task
    const beatMs = Math.min(100, heartbeatMs / 4)
    try {
      this.say({ type: 'start', act, payload, beatMs, graceMs })
      if (this.task.signal?.aborted) this.askToStop()
    } catch (error) {
      this.verdict = new InternalError(`the payload of ${act} cannot be sent: ${String(error)}`)
      this.kill()
    }
  }

  private pass(event: unknown): void {
    if (this.verdict) return
    try {
      this.task.onEvent?.(event)
    } catch (error) {
      this.verdict = error instanceof Error ? error : new InternalError(String(error))
      this.kill()
    }
  }

  /** A sign of life: is it within its bounds? */
  private feel(beat: Beat | undefined): void {
    if (!beat || this.verdict) return
    const { stallMs, memoryMb } = this.task
    this.awaitBeat()
    if (memoryMb !== undefined && beat.rss > memoryMb * 2 ** 20)
      this.condemn(`needed more than ${memoryMb} MiB of memory`, 'SIGKILL')
    else if (beat.blockedMs > stallMs) this.condemn(`made no progress for ${seconds(stallMs)}`)
  }

  private awaitBeat(): void {
    const { heartbeatMs } = this.task
    const sentence = `gave no sign of life for ${seconds(heartbeatMs)}`
    this.timers.start('beat', heartbeatMs, () =>
      this.timers.start('beat', Math.min(heartbeatMs, secondLookMs), () => this.condemn(sentence)),
    )
  }

  private watchDeadline(): void {
    const { deadlineMs } = this.task
    if (deadlineMs === undefined) return
    const sentence = `was not done within ${seconds(deadlineMs)}`
    this.timers.start('deadline', deadlineMs, () => this.condemn(sentence))
  }

  private askToStop = (): void => {
    this.say({ type: 'stop' })
    const sentence = `did not stop within ${seconds(this.task.graceMs)} of being asked to`
    this.timers.start('end', this.task.graceMs, () => this.condemn(sentence, 'SIGKILL'))
  }

  private kill = (): void => {
    this.child.kill('SIGKILL')
  }

  /** Ends the child for a reason: gently first, so that it may save. */
  private condemn(what: string, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): void {
    if (this.verdict || this.outcome) return
    this.verdict = childError(this.mission, what, { act: this.task.act, output: this.output })
    this.child.kill(signal)
    if (signal === 'SIGTERM') this.timers.start('end', this.task.graceMs, this.kill)
  }

  private say(message: FromParent): void {
    if (this.child.connected) this.child.send(message, () => {})
  }

  /** A child can be gone before its last message is read. */
  private drain(then: () => void): void {
    if (!this.child.connected) then()
    else {
      this.child.once('disconnect', then)
      this.timers.start('drain', drainMs, () => this.child.disconnect())
    }
  }

  private neverRan(error: Error): void {
    if (this.child.pid !== undefined) return
    this.verdict = new InternalError(`a child process cannot be started: ${error.message}`)
    this.settle(null, null)
  }

  private settle(code: number | null, signal: string | null): void {
    this.timers.stopAll()
    this.task.signal?.removeEventListener('abort', this.askToStop)
    this.task.killSignal?.removeEventListener('abort', this.kill)
    process.off('exit', this.kill)
    if (this.verdict) this.reject(this.verdict)
    else if (!this.outcome)
      this.reject(deathError(this.mission, code, signal, { output: this.output }))
    else if ('error' in this.outcome) this.reject(this.outcome.error)
    else this.resolve(this.outcome.result)
  }
}

function readLines(pipe: Readable, take: (line: string) => void): void {
  let rest = ''
  // The child may be gone before its end of the pipe is.
  pipe.on('error', () => {})
  pipe.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = (lines.pop() as string).slice(0, 100)
    lines.forEach(take)
  })
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toPrecision(3))} s`
}
