import { describe, expect, it } from 'vitest'
import { Ledger } from './ledger.js'

const id = 'a'.repeat(64)

function ledgerAt(time: { now: number }) {
  const now = () => time.now
  return new Ledger({ study: 's', version: '1', stallMs: 1000, tries: 3, now })
}

const order = { id, act: 'add', payload: {} }
const beatOf = (worker: string, attempt: number) => ({
  worker,
  slots: 1,
  held: [{ id, attempt }],
  returned: [],
})

describe('the ledger of orders', () => {
  it('takes the first answer of who holds the order, and no other', async () => {
    const ledger = ledgerAt({ now: 0 })
    const result = ledger.offer(order)
    expect(ledger.answer({ id, attempt: 1, worker: 'a', outcome: { result: 0 } })).toBe(false)
    expect(ledger.claim({ id, attempt: 1, worker: 'a' })).toBe(true)
    expect(ledger.claim({ id, attempt: 1, worker: 'b' })).toBe(false)
    expect(ledger.answer({ id, attempt: 1, worker: 'b', outcome: { result: 1 } })).toBe(false)
    expect(ledger.answer({ id, attempt: 1, worker: 'a', outcome: { result: 2 } })).toBe(true)
    expect(ledger.answer({ id, attempt: 1, worker: 'a', outcome: { result: 3 } })).toBe(false)
    expect(ledger.claim({ id, attempt: 1, worker: 'a' })).toBe(false)
    expect(await result).toBe(2)
    expect(ledger.turnedAway).toBe(5)
  })

  it('fences a worker thought dead: its answer does not count, the next attempt does', async () => {
    const time = { now: 0 }
    const ledger = ledgerAt(time)
    const result = ledger.offer(order)
    ledger.claim({ id, attempt: 1, worker: 'a' })
    time.now = 900
    expect(ledger.beat(beatOf('a', 1))).toEqual([])
    time.now = 1800
    ledger.giveUpSilent()
    expect(ledger.unheld()).toEqual([])
    time.now = 2000
    ledger.giveUpSilent()
    expect(ledger.unheld().map(({ attempt }) => attempt)).toEqual([2])
    expect(ledger.beat(beatOf('a', 1))).toEqual([id])
    expect(ledger.answer({ id, attempt: 1, worker: 'a', outcome: { result: 1 } })).toBe(false)
    ledger.claim({ id, attempt: 2, worker: 'b' })
    ledger.answer({ id, attempt: 2, worker: 'b', outcome: { result: 2 } })
    expect(await result).toBe(2)
  })

  it('gives an order up after its last try, with a sentence', async () => {
    const time = { now: 0 }
    const ledger = ledgerAt(time)
    const result = ledger.offer(order)
    const outcome = result.catch(error => error.message)
    for (let attempt = 1; attempt <= 3; attempt++) {
      ledger.claim({ id, attempt, worker: 'a' })
      time.now += 2000
      ledger.giveUpSilent()
    }
    expect(await outcome).toBe(
      'add: given up after 3 tries: its worker gave no sign of life for 1 s.',
    )
  })

  it('puts an order out again at once when its worker leaves or is lost to a resumable fault', () => {
    const ledger = ledgerAt({ now: 0 })
    void ledger.offer(order)
    ledger.claim({ id, attempt: 1, worker: 'a' })
    ledger.beat({ worker: 'a', slots: 0, held: [], returned: [{ id, attempt: 1 }] })
    expect(ledger.unheld()[0].attempt).toBe(2)
    ledger.claim({ id, attempt: 2, worker: 'b' })
    const error = { name: 'ResumableError', message: 'killed', exitCode: 5 }
    expect(ledger.answer({ id, attempt: 2, worker: 'b', outcome: { error } })).toBe(true)
    expect(ledger.unheld()[0].attempt).toBe(3)
  })

  it('fails with the sentence and the exit code of what went wrong far away', async () => {
    const ledger = ledgerAt({ now: 0 })
    const result = ledger.offer(order)
    ledger.claim({ id, attempt: 1, worker: 'a' })
    const error = { name: 'DataError', message: 'data: gone.', exitCode: 3 }
    ledger.answer({ id, attempt: 1, worker: 'a', outcome: { error } })
    await expect(result).rejects.toMatchObject({ message: 'data: gone.', exitCode: 3 })
  })
})
