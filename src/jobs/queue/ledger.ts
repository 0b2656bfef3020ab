import { InternalError, ResumableError, TemperError } from '../../base/index.js'
import type { Answer, Beat, SentOrder } from './messages.js'

export type Claim = Pick<SentOrder, 'id' | 'attempt'> & { readonly worker: string }

export interface LedgerOptions {
  study: string
  version: string
  /** Milliseconds without a sign of life after which a worker is given up. */
  stallMs: number
  /** How often an order is tried before it counts as failed. */
  tries: number
  /** Milliseconds on a clock that never goes back. */
  now(): number
}

interface Entry {
  order: SentOrder
  holder?: string
  heardAt: number
  resolve(result: unknown): void
  reject(error: Error): void
}

/**
 * The coordinator's truth about orders that are out: who holds which, since when, and what counts.
 * The first answer to the newest attempt is taken; every other is turned away, so a duplicate, a
 * replay or a worker thought dead changes nothing.
 */
export class Ledger {
  private readonly out = new Map<string, Entry>()
  private readonly workers = new Map<string, { slots: number; heardAt: number }>()
  /** Answers and claims that were turned away. */
  turnedAway = 0

  constructor(private readonly options: LedgerOptions) {}

  /** Puts an order out; resolves with the result of whoever answers first. */
  offer(order: Pick<SentOrder, 'id' | 'act' | 'payload' | 'deadlineMs'>): Promise<unknown> {
    const { study, version } = this.options
    if (this.out.has(order.id))
      return Promise.reject(new InternalError(`order ${order.id} is out already`))
    return new Promise((resolve, reject) => {
      const first = { ...order, study, version, attempt: 1 }
      this.out.set(order.id, { order: first, heardAt: this.options.now(), resolve, reject })
    })
  }

  /** Orders that nobody holds: they ought to be in the queue. */
  unheld(): SentOrder[] {
    return [...this.out.values()].filter(entry => !entry.holder).map(entry => entry.order)
  }

  /** Whether a worker may do an order now. */
  claim({ id, attempt, worker }: Claim): boolean {
    const entry = this.current(id, attempt)
    if (!entry || (entry.holder && entry.holder !== worker)) return this.turnAway()
    entry.holder = worker
    entry.heardAt = this.options.now()
    return true
  }

  /** Notes a sign of life; gives the orders that the worker should let go of. */
  beat({ worker, slots, held, returned }: Beat): string[] {
    const now = this.options.now()
    this.workers.set(worker, { slots, heardAt: now })
    for (const { id, attempt } of returned) this.renew(this.mine(id, attempt, worker))
    return held
      .filter(({ id, attempt }) => {
        const entry = this.mine(id, attempt, worker)
        if (entry) entry.heardAt = now
        return !entry
      })
      .map(({ id }) => id)
  }

  /** Takes an answer; false where it is of no order that is out, or of an earlier attempt. */
  answer({ id, attempt, worker, outcome }: Answer): boolean {
    const entry = this.mine(id, attempt, worker)
    if (!entry) return this.turnAway()
    if ('error' in outcome && outcome.error.exitCode === 5 && this.again(entry)) return true
    this.out.delete(id)
    if ('result' in outcome) entry.resolve(outcome.result)
    else entry.reject(carriedError(outcome.error))
    return true
  }

  /** Renews the orders of workers that have gone silent; those tried too often fail. */
  giveUpSilent(): void {
    const { now, stallMs } = this.options
    for (const [name, { heardAt }] of this.workers)
      if (now() - heardAt > stallMs) this.workers.delete(name)
    for (const entry of this.out.values())
      if (entry.holder && now() - entry.heardAt > stallMs && !this.again(entry))
        this.fail(entry, `its worker gave no sign of life for ${stallMs / 1000} s`)
  }

  /** What the workers that live can do at once. */
  capacity(): number {
    return [...this.workers.values()].reduce((sum, { slots }) => sum + slots, 0)
  }

  /** Takes an order back; whoever holds it is told at the next beat. */
  withdraw(id: string, reason: Error): void {
    const entry = this.out.get(id)
    this.out.delete(id)
    entry?.reject(reason)
  }

  private current(id: string, attempt: number): Entry | undefined {
    const entry = this.out.get(id)
    return entry?.order.attempt === attempt ? entry : undefined
  }

  private mine(id: string, attempt: number, worker: string): Entry | undefined {
    const entry = this.current(id, attempt)
    return entry?.holder === worker ? entry : undefined
  }

  /** A new attempt, where there is one left. */
  private again(entry: Entry): boolean {
    if (entry.order.attempt >= this.options.tries) return false
    this.renew(entry)
    return true
  }

  private renew(entry: Entry | undefined): void {
    if (!entry) return
    entry.order = { ...entry.order, attempt: entry.order.attempt + 1 }
    entry.holder = undefined
    entry.heardAt = this.options.now()
  }

  private fail({ order, reject }: Entry, why: string): void {
    this.out.delete(order.id)
    reject(new ResumableError(`${order.act}: given up after ${order.attempt} tries: ${why}.`))
  }

  private turnAway(): false {
    this.turnedAway++
    return false
  }
}

class CarriedError extends TemperError {
  constructor(
    message: string,
    override readonly exitCode: number,
  ) {
    super(message)
  }
}

function carriedError({ message, exitCode }: { message: string; exitCode: number }): Error {
  return new CarriedError(message, exitCode)
}
