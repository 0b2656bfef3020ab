import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { Journal, readJournal } from './journal.js'

interface Entry {
  type: string
  value?: number
}

let path: string
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'temper-journal-')), 'journal.jsonl')
})

function written(count: number): void {
  const journal = new Journal<Entry>(path)
  for (let value = 0; value < count; value++) journal.append({ type: 'x', value })
  journal.close()
}

it('gives back what was written, over several openings', () => {
  written(2)
  const again = new Journal<Entry>(path)
  again.append({ type: 'y' })
  again.close()
  expect(readJournal(path)).toEqual([
    { type: 'x', value: 0 },
    { type: 'x', value: 1 },
    { type: 'y' },
  ])
})

it('drops a last line that was cut short, and keeps it beside', () => {
  written(3)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.slice(0, -7))
  const journal = new Journal<Entry>(path)
  expect(journal.entries).toHaveLength(2)
  journal.append({ type: 'x', value: 2 })
  journal.close()
  expect(readFileSync(path, 'utf8')).toBe(text)
  expect(existsSync(`${path}.damaged`)).toBe(true)
})

it('refuses damage before sound lines, and every changed byte is seen', () => {
  written(3)
  const text = readFileSync(path, 'utf8')
  const first = text.indexOf('\n')
  for (let i = 0; i < first; i++) {
    const bytes = Buffer.from(text)
    bytes[i] ^= 1
    writeFileSync(path, bytes)
    expect(() => readJournal(path), `byte ${i}`).toThrow(/line 1 is damaged/)
  }
})

it('cannot be cut anywhere so that a wrong entry is read', () => {
  written(4)
  const text = readFileSync(path)
  for (let end = 0; end < text.length; end++) {
    writeFileSync(path, text.subarray(0, end))
    const values = readJournal<Entry>(path).map(entry => entry.value)
    expect(values).toEqual([0, 1, 2, 3].slice(0, values.length))
  }
})

it('takes lines out of order for damage', () => {
  written(1)
  appendFileSync(path, readFileSync(path, 'utf8'))
  expect(readJournal(path)).toHaveLength(1)
})
