import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { crc32c, DataError } from '../base/index.js'
import { explainDiskErrors, writeFileAtomic } from './atomic.js'

/** An append-only list of decisions in a file: what is in it has happened, what is not has not. */
export class Journal<Entry extends object> {
  private readonly file: number
  private length: number

  /**
   * Opens or makes the file. A last line cut short by a crash is dropped (kept beside as
   * `.damaged`); throws DataError where the damage lies before sound lines.
   */
  constructor(
    private readonly path: string,
    readonly entries: readonly Entry[] = readForWriting<Entry>(path),
  ) {
    this.length = entries.length
    this.file = explainDiskErrors(path, () => openSync(path, 'a'))
  }

  /** Adds an entry and makes it durable before it returns. */
  append(entry: Entry): void {
    const line = lineOf(this.length, entry)
    explainDiskErrors(this.path, () => {
      writeSync(this.file, line)
      fsyncSync(this.file)
    })
    this.length++
  }

  close(): void {
    closeSync(this.file)
  }
}

/** The sound entries of a journal from its start; throws DataError where there is none, or damage in the middle. */
export function readJournal<Entry extends object>(path: string): Entry[] {
  return parseJournal<Entry>(path).entries
}

function readForWriting<Entry extends object>(path: string): Entry[] {
  if (!existsSync(path)) return []
  const { entries, sound, isDamaged } = parseJournal<Entry>(path)
  if (isDamaged) {
    renameSync(path, `${path}.damaged`)
    writeFileAtomic(path, sound)
  }
  return entries
}

/** `{"seq":3,"crc":123,...entry}`: the checksum (CRC-32C) is that of the line without it. */
function lineOf(seq: number, entry: object): string {
  const crc = crc32c(Buffer.from(JSON.stringify({ seq, ...entry })))
  return `${JSON.stringify({ seq, crc, ...entry })}\n`
}

function parseJournal<Entry extends object>(path: string) {
  if (!existsSync(path)) throw new DataError(`${path}: there is no such journal.`)
  const lines = readFileSync(path, 'utf8').split('\n')
  const tail = lines.pop() as string
  const entries = lines.map((line, seq) => parseLine<Entry>(line, seq))
  const bad = entries.indexOf(undefined)
  if (bad >= 0 && entries.slice(bad).some(entry => entry !== undefined))
    throw new DataError(
      `${path}: line ${bad + 1} is damaged, and sound lines follow it. Put the file back from a copy.`,
    )
  const count = bad >= 0 ? bad : entries.length
  return {
    entries: entries.slice(0, count) as Entry[],
    sound: lines
      .slice(0, count)
      .map(line => `${line}\n`)
      .join(''),
    isDamaged: bad >= 0 || tail !== '',
  }
}

function parseLine<Entry>(line: string, wanted: number): Entry | undefined {
  try {
    const { seq, crc, ...entry } = JSON.parse(line) as { seq: number; crc: number }
    const found = crc32c(Buffer.from(JSON.stringify({ seq, ...entry })))
    return seq === wanted && crc === found ? (entry as Entry) : undefined
  } catch {
    return undefined
  }
}
