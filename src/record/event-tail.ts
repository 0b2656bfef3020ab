import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { parseEvents, withoutReplaced } from './event-log.js'
import type { RunEvent } from './events.js'

const most = 8 << 20

/** Follows a log that grows: each poll reads what is new, whole lines only. */
export class EventTail {
  private offset = 0
  private rest: Buffer = Buffer.alloc(0)
  private readonly seen: RunEvent[] = []

  constructor(private readonly path: string) {}

  /** Reads on; whether anything came. A log that became shorter is read anew. Throws where it cannot be read. */
  poll(): boolean {
    const file = openSync(this.path, 'r')
    try {
      const { size } = fstatSync(file)
      if (size < this.offset) this.begin()
      const before = this.offset
      while (this.offset < size) this.readOn(file, Math.min(most, size - this.offset))
      return this.offset !== before
    } finally {
      closeSync(file)
    }
  }

  /** Everything so far, without what a resume replaced. */
  get events(): RunEvent[] {
    return withoutReplaced(this.seen)
  }

  private begin(): void {
    this.offset = 0
    this.rest = Buffer.alloc(0)
    this.seen.length = 0
  }

  private readOn(file: number, bytes: number): void {
    const buffer = Buffer.alloc(bytes)
    const count = readSync(file, buffer, 0, bytes, this.offset)
    this.offset += count
    const text = Buffer.concat([this.rest, buffer.subarray(0, count)])
    const end = text.lastIndexOf(10) + 1
    this.rest = Buffer.from(text.subarray(end))
    for (const event of parseEvents(text.toString('utf8', 0, end), false).events)
      this.seen.push(event)
  }
}
