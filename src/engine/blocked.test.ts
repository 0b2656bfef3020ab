import { expect, it } from 'vitest'
import { probeBlock } from './blocked.js'

it('finds a block of 8 or 16 channels, or none', async () => {
  expect([8, 16, undefined]).toContain(await probeBlock())
  expect(process.arch !== 'x64' || (await probeBlock()) !== undefined).toBe(true)
})
