import { existsSync, readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'

const folder = '/proc/self/fd'
/** Whatever it holds open, this process can count it here. */
const canCount = existsSync(folder)
const openFiles = () => readdirSync(folder).length

it.skipIf(!canCount)(
  'threads that are no longer wanted while they load leave no file open (skipped without /proc)',
  async () => {
    const { NoisePool } = await import('../../dist/evaluate/noising/pool.js')
    const cycle = async (loadMs: number) => {
      const pool = new NoisePool([])
      await setTimeout(loadMs)
      await pool.close()
    }
    await cycle(0)
    await setTimeout(3000)
    const before = openFiles()
    // Loading takes some 100 ms: these fall before, into and after it.
    for (let i = 0; i < 16; i++) await cycle(20 * i)
    for (let i = 0; i < 100 && openFiles() > before; i++) await setTimeout(100)
    expect(openFiles()).toBeLessThanOrEqual(before)
  },
)
