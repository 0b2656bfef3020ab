import { describe, expect, it } from 'vitest'
import { InOrder } from './in-order.js'

/** Answers that settle when they are told to. */
function answers() {
  const settle: (() => void)[] = []
  const asked: number[] = []
  const ask = (n: number) => () => {
    asked.push(n)
    return new Promise<number>(resolve => settle.push(() => resolve(n)))
  }
  return { ask, asked, settle }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

describe('work used in order', () => {
  it('asks for as much at once as it may, and uses it in the order asked for', async () => {
    const { ask, asked, settle } = answers()
    const used: number[] = []
    const line = new InOrder(() => 3)
    const all = (async () => {
      for (let n = 0; n < 5; n++) await line.put(ask(n), value => used.push(value))
      await line.drain()
    })()
    await turn()
    expect(asked).toEqual([0, 1, 2])
    settle[2]()
    settle[1]()
    await turn()
    expect(used).toEqual([])
    settle[0]()
    await turn()
    expect(used).toEqual([0, 1, 2])
    settle[3]()
    await turn()
    settle[4]()
    await all
    expect(used).toEqual([0, 1, 2, 3, 4])
  })

  it('uses each before the next is asked for where one is the width', async () => {
    const seen: string[] = []
    const line = new InOrder(() => 1)
    for (const n of [1, 2])
      await line.put(
        async () => void seen.push(`asked ${n}`),
        () => seen.push(`used ${n}`),
      )
    expect(seen).toEqual(['asked 1', 'used 1', 'asked 2', 'used 2'])
  })

  it('throws what a piece failed with when its turn comes', async () => {
    const line = new InOrder(() => 2)
    await line.put(
      async () => 1,
      () => {},
    )
    const failing = () => Promise.reject(new Error('broken'))
    await line.put(failing, () => {})
    await expect(line.drain()).rejects.toThrow('broken')
  })
})
