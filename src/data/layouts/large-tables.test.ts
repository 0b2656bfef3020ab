import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csvRows } from '../codecs/csv-rows.js'
import { readGzip } from '../codecs/gzip.js'
import { openData } from '../index.js'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'temper-tables-'))
})
afterAll(() => rmSync(root, { recursive: true }))

function write(content: string | Uint8Array, name = 'x.csv'): string {
  writeFileSync(join(root, name), content)
  return join(root, name)
}

describe('a table made to hurt', () => {
  it.each([
    ['of one row of 15 million columns', () => Buffer.alloc(15_000_000, ',')],
    ['of a million columns', () => `${'1,'.repeat(1_000_000)}1\n`.repeat(2)],
  ])('%s is refused', async (_, make) => {
    await expect(openData(write(make()))).rejects.toThrow(
      'x.csv, line 1: expected at most 262144 columns, received "more".',
    )
  })

  it('of a long line, in quotes or not, is refused', async () => {
    const long = `x.csv, line 2: expected at most ${2 ** 24} characters a row, received "more".`
    const zeros = Buffer.concat([Buffer.from('a,b\n'), Buffer.alloc(20_000_000)])
    await expect(openData(write(zeros))).rejects.toThrow(long)
    await expect(openData(write(`a,b\n"${'x'.repeat(2 ** 25)}`))).rejects.toThrow(long)
  })

  it('of 5 million empty lines is read', async () => {
    const data = await openData(write(`a,b\n${'\n'.repeat(5_000_000)}1,2\n`))
    expect(data.length).toBe(1)
  })

  it('of 262,144 named columns is read', async () => {
    const names = Array.from({ length: 2 ** 18 }, (_, i) => `c${i}`).join()
    const data = await openData(write(`${names}\n${'1,'.repeat(2 ** 18 - 1)}0\n`))
    expect(data.shape).toEqual([2 ** 18 - 1])
    await expect(openData(write(`${names},more\n`))).rejects.toThrow('at most 262144 columns')
  })

  it('of 200,000 rows with a number each is read as targets, with a name each refused', async () => {
    const rows = (prefix: string) => Array.from({ length: 200_000 }, (_, i) => `1,${prefix}${i}`)
    expect((await openData(write(`a,y\n${rows('').join('\n')}`))).targets?.length).toBe(200_000)
    await expect(openData(write(`a,y\n${rows('c').join('\n')}`))).rejects.toThrow(
      'x.csv: expected at most 100000 classes, received 200000. Choose the label column with --label.',
    )
  })
})

describe('rows of text', () => {
  async function rows(content: string | Uint8Array, delimiter = ',') {
    const all = []
    const dialect = { delimiter, encoding: 'utf8' } as const
    for await (const row of csvRows(write(content), 'x.csv', dialect)) all.push(row)
    return all
  }

  it('have quotes, empty cells and every line end', async () => {
    expect(await rows('\uFEFFa,b,c\r\n"1,""x""\n2",,"" \r'.replace('"" \r', '""\r'))).toEqual([
      { cells: ['a', 'b', 'c'], line: 1 },
      { cells: ['1,"x"\n2', '', ''], line: 2 },
    ])
    expect(await rows('a;b\n\n\r\n\r1;\n;2', ';')).toEqual([
      { cells: ['a', 'b'], line: 1 },
      { cells: ['1', ''], line: 5 },
      { cells: ['', '2'], line: 6 },
    ])
    expect(await rows('""\n\nx')).toEqual([
      { cells: [''], line: 1 },
      { cells: ['x'], line: 3 },
    ])
  })

  it('are the same wherever a piece of the file ends', async () => {
    const line = '"é""\r\n,",plain,\r\n'
    const many = await rows(line.repeat(20_000))
    expect(many.length).toBe(20_000)
    expect(many.every(({ cells }) => cells.join('|') === 'é"\r\n,|plain|')).toBe(true)
    expect(many.at(-1)!.line).toBe(39_999)
  })

  it.each([
    ['a,b\n1,2"\n', 'line 2: expected quotes around the whole cell, received "a quote inside it".'],
    [
      'a,b\n"1"x,2\n',
      'line 2: expected a delimiter or the line to end after a closing quote, received "x".',
    ],
    ['a,b\n1,"2\n', 'line 2: expected a quote that closes, received "the end of the file".'],
    ['a,b\n1,2,3,4\n', 'line 2: expected 2 cells as in the first row, received "more".'],
    ['a,b\n\n1\n', 'line 3: expected 2 cells as in the first row, received 1.'],
  ])('%j is refused', async (content, message) => {
    await expect(rows(content)).rejects.toThrow(`x.csv, ${message}`)
  })

  it('may be UTF-16 with its mark', async () => {
    const data = await openData(write(Buffer.from('\uFEFFa\tb\n1\t2\n', 'utf16le'), 'x.tsv'))
    expect(data.detected).toBe('x.tsv: 1 rows of 1 numbers, label column "b".')
  })
})

describe('a gzip file', () => {
  it('holds what its end says, or is refused', async () => {
    const bytes = new Uint8Array(1_000_000).map((_, i) => i * i)
    const packed = gzipSync(bytes)
    expect(Buffer.compare(await readGzip(packed, 'x.gz'), bytes)).toBe(0)
    const lying = (size: number) => {
      const copy = Buffer.from(packed)
      copy.writeUInt32LE(size, copy.length - 4)
      return readGzip(copy, 'x.gz')
    }
    await expect(lying(2 ** 31)).rejects.toThrow('it says that it holds more than 768 MiB')
    await expect(lying(10)).rejects.toThrow('its end says 10 bytes, and it holds others')
    await expect(lying(1_000_001)).rejects.toThrow(
      /^x\.gz: the gzip file cannot be unpacked \(.*\)\.$/,
    )
    await expect(readGzip(packed.subarray(0, 900), 'x.gz')).rejects.toThrow(/cannot be unpacked/)
    await expect(readGzip(new Uint8Array(), 'x.gz')).rejects.toThrow(/cannot be unpacked/)
  })
})
