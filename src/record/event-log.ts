import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs'
import { type Clock, DataError, systemClock } from '../base/index.js'
import { explainDiskErrors } from './atomic.js'
import { isKnownEvent, type NewEvent, type RunEvent } from './events.js'

/** Appends events to `events.jsonl`, one a line; one writer at a time. */
export class EventLog {
  private readonly file: number

  /** Opens or creates the log; a line cut short by a crash is closed off, and readers skip it. */
  constructor(
    private readonly path: string,
    private readonly clock: Clock = systemClock,
  ) {
    this.file = explainDiskErrors(path, () => openSync(path, 'a+'))
    if (!endsCleanly(this.file)) writeSync(this.file, '\n')
  }

  /** Writes one event with its time; NaN and infinities become null. */
  append(event: NewEvent): RunEvent {
    const { type, ...fields } = event
    const line = { type, time: Math.round(this.clock.now()), ...fields } as RunEvent
    explainDiskErrors(this.path, () => writeSync(this.file, `${JSON.stringify(line)}\n`))
    return line
  }

  /** Makes everything appended so far durable. */
  sync(): void {
    explainDiskErrors(this.path, () => fsyncSync(this.file))
  }

  close(): void {
    this.sync()
    closeSync(this.file)
  }
}

function endsCleanly(file: number): boolean {
  const { size } = fstatSync(file)
  if (size === 0) return true
  const last = Buffer.alloc(1)
  readSync(file, last, 0, 1, size - 1)
  return last[0] === 10
}

export interface ReadEvents {
  /** In order, without what a resume replaced. */
  readonly events: readonly RunEvent[]
  /** Line numbers (from 1) that are no event: cut short, damaged, or of a newer Temper. */
  readonly skipped: readonly number[]
}

/** Reads a log; throws DataError when there is none. */
export function readEvents(path: string): ReadEvents {
  if (!existsSync(path))
    throw new DataError(`${path}: no such event log. Is this a run folder?`, { path })
  return parseEvents(readFileSync(path, 'utf8'))
}

/** Reads the text of a log; `isWhole: false` keeps what a resume replaced, for a part of a log. */
export function parseEvents(text: string, isWhole = true): ReadEvents {
  const skipped: number[] = []
  const events = text.split('\n').flatMap((line, i) => {
    if (line === '') return []
    const event = parseLine(line)
    if (event) return [event]
    skipped.push(i + 1)
    return []
  })
  return { events: isWhole ? withoutReplaced(events) : events, skipped }
}

function parseLine(line: string): RunEvent | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isKnownEvent(value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Drops what a `resumed` event replaces: everything after the checkpoint of `fromStep`, or, where
 * that checkpoint left no event, everything from the first later step on.
 */
export function withoutReplaced(events: readonly RunEvent[]): RunEvent[] {
  const kept: RunEvent[] = []
  for (const event of events) {
    if (event.type === 'resumed') kept.length = lengthAt(kept, event.fromStep)
    kept.push(event)
  }
  return kept
}

function lengthAt(events: readonly RunEvent[], fromStep: number): number {
  const checkpoint = events.findLastIndex(e => e.type === 'checkpoint' && e.step === fromStep)
  if (checkpoint >= 0) return checkpoint + 1
  const later = events.findIndex(e => typeof e.step === 'number' && e.step > fromStep)
  return later >= 0 ? later : events.length
}
