import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openBundle, writeBundle } from './bundle.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-bundle-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string) => join(folder, name)

describe('a bundle of files', () => {
  it('lays out what was put in', () => {
    mkdirSync(at('from/inner'), { recursive: true })
    writeFileSync(at('from/a.json'), '{}')
    writeFileSync(at('from/inner/b.bin'), Uint8Array.from([1, 2, 3]))
    writeBundle(at('bundle'), at('from'), ['a.json', 'inner/b.bin'])
    openBundle(at('bundle'), at('to'))
    expect(readFileSync(at('to/a.json'), 'utf8')).toBe('{}')
    expect([...readFileSync(at('to/inner/b.bin'))]).toEqual([1, 2, 3])
  })

  it.each(['../out', '/out', 'a/../../out', '.hidden', 'a//b', 'a\\b', ''])(
    'refuses the path %j, and writes nothing',
    path => {
      const text = Buffer.from(JSON.stringify([{ path, length: 1 }]))
      const head = Buffer.alloc(4)
      head.writeUInt32LE(text.length)
      writeFileSync(at('hostile'), Buffer.concat([head, text, Buffer.from('x')]))
      expect(() => openBundle(at('hostile'), at('safe'))).toThrow(/bundle: it is damaged/)
      expect(existsSync(at('safe'))).toBe(false)
    },
  )

  it('refuses what is cut short or too long', () => {
    const whole = readFileSync(at('bundle'))
    for (const bytes of [
      whole.subarray(0, 3),
      whole.subarray(0, -1),
      Buffer.concat([whole, whole]),
    ]) {
      writeFileSync(at('cut'), bytes)
      expect(() => openBundle(at('cut'), at('safe'))).toThrow(/bundle: it is damaged/)
    }
  })
})
