import { createReadStream } from 'node:fs'
import { DataError, expected } from '../../base/index.js'

/** A row of a table of text. */
export interface Row {
  cells: readonly string[]
  /** The line it begins at, for errors. */
  line: number
}

const MAX_COLUMNS = 2 ** 18
const MAX_ROW_CHARACTERS = 2 ** 24

const [NEWLINE, RETURN, QUOTE] = ['\n', '\r', '"'].map(c => c.charCodeAt(0))

/**
 * The rows of a file as RFC 4180 has them: quoted cells may hold delimiters, line ends and doubled
 * quotes; lines end with \n, \r\n or \r; empty lines are left out; every row has as many cells as
 * the first. At most 262,144 columns and 16,777,216 characters a row. Throws DataError naming the line.
 */
export async function* csvRows(
  path: string,
  where: string,
  { delimiter, encoding }: { delimiter: string; encoding: BufferEncoding },
): AsyncGenerator<Row> {
  const scanner = new Scanner(where, delimiter.charCodeAt(0))
  const stream = createReadStream(path, { encoding })
  try {
    for await (const chunk of stream) yield* scanner.take(chunk)
  } catch (error) {
    if (error instanceof DataError) throw error
    throw new DataError(`${where}: the table cannot be read (${(error as Error).message}).`)
  }
  yield* scanner.end()
}

/** Where the next character stands: in a cell's beginning, in a cell, in quotes, or after a quote in quotes. */
type Mode = 'begin' | 'plain' | 'quoted' | 'closing'

/** Takes text in pieces that may end anywhere; each character is looked at once. */
class Scanner {
  private rows: Row[] = []
  private cells: string[] = []
  private piece = ''
  private mode: Mode = 'begin'
  private characters = 0
  private width = 0
  private line = 1
  private rowLine = 1
  private afterReturn = false
  private started = false

  constructor(
    private readonly where: string,
    private readonly delimiter: number,
  ) {}

  take(chunk: string): Row[] {
    this.rows = []
    const text = this.started || chunk[0] !== '\uFEFF' ? chunk : chunk.slice(1)
    this.started = true
    for (let at = 0; at < text.length; ) {
      const next = this.mode === 'quoted' ? this.quoted(text, at) : this.open(text, at)
      this.characters += next - at
      at = next
      if (this.characters > MAX_ROW_CHARACTERS)
        throw this.wrong(`at most ${MAX_ROW_CHARACTERS} characters a row`, 'more')
    }
    return this.rows
  }

  end(): Row[] {
    this.rows = []
    if (this.mode === 'quoted') throw this.wrong('a quote that closes', 'the end of the file')
    this.endRow()
    return this.rows
  }

  /** Up to the quote that may close the cell. */
  private quoted(text: string, at: number): number {
    const found = text.indexOf('"', at)
    const end = found < 0 ? text.length : found
    for (let i = at; i < end; i++) if (text.charCodeAt(i) === NEWLINE) this.line++
    this.piece += text.slice(at, end)
    if (found < 0) return end
    this.mode = 'closing'
    return end + 1
  }

  /** One run of a cell's characters, or the one character that ends or quotes it. */
  private open(text: string, at: number): number {
    const code = text.charCodeAt(at)
    const follows = this.afterReturn
    this.afterReturn = code === RETURN
    if (code === this.delimiter) this.endCell()
    else if (code === RETURN) this.endRow()
    else if (code === NEWLINE) {
      if (!follows) this.endRow()
    } else if (code === QUOTE) this.quote()
    else return this.plain(text, at)
    return at + 1
  }

  private plain(text: string, at: number): number {
    if (this.mode === 'closing')
      throw this.wrong('a delimiter or the line to end after a closing quote', text[at])
    let end = at + 1
    while (end < text.length && !this.isSpecial(text.charCodeAt(end))) end++
    this.piece += text.slice(at, end)
    this.mode = 'plain'
    return end
  }

  private isSpecial(code: number): boolean {
    return code === this.delimiter || code === NEWLINE || code === RETURN || code === QUOTE
  }

  private quote(): void {
    if (this.mode === 'plain') throw this.wrong('quotes around the whole cell', 'a quote inside it')
    if (this.mode === 'closing') this.piece += '"'
    this.mode = 'quoted'
  }

  private endCell(): void {
    this.cells.push(this.piece)
    this.piece = ''
    this.mode = 'begin'
    if (this.cells.length >= (this.width || MAX_COLUMNS) + 1) throw this.tooWide()
  }

  private endRow(): void {
    const isEmpty = !this.cells.length && this.mode === 'begin'
    if (!isEmpty) this.pushRow()
    this.cells = []
    this.characters = 0
    this.rowLine = ++this.line
  }

  private pushRow(): void {
    this.endCell()
    this.width ||= this.cells.length
    if (this.cells.length !== this.width)
      throw this.wrong(`${this.width} cells as in the first row`, this.cells.length)
    this.rows.push({ cells: this.cells, line: this.rowLine })
  }

  private tooWide(): DataError {
    return this.width
      ? this.wrong(`${this.width} cells as in the first row`, 'more')
      : this.wrong(`at most ${MAX_COLUMNS} columns`, 'more')
  }

  private wrong(rule: string, received: unknown): DataError {
    return new DataError(expected(`${this.where}, line ${this.rowLine}`, rule, received))
  }
}

/** How a file's text is encoded, and what parts its cells, from its first bytes. */
export function dialectOf(
  head: Uint8Array,
  extension: string,
): { delimiter: string; encoding: BufferEncoding } {
  const encoding = head[0] === 0xff && head[1] === 0xfe ? 'utf16le' : 'utf8'
  if (extension === '.tsv') return { delimiter: '\t', encoding }
  const [line] = Buffer.from(head).toString(encoding).split('\n', 1)
  return { delimiter: line.split(';').length > line.split(',').length ? ';' : ',', encoding }
}
