import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, DataError } from '../base/index.js'
import { type PlannedSchedule, plannedSchedules } from '../page/index.js'
import { EventTail, type Measures, type RunEvent } from '../record/index.js'

/** What the list shows of a run. */
export interface RunSummary {
  readonly state: 'finished' | 'running' | 'quiet' | 'empty' | 'broken'
  /** Why it is broken, in a sentence. */
  readonly reason?: string
  readonly epoch?: number
  readonly epochs?: number
  readonly loss?: number | null
  readonly clean?: Measures
  readonly noisy?: Measures
  /** Milliseconds since 1970 of the last event. */
  readonly lastWord?: number
  /** Milliseconds until the last epoch ends, going by the ones before. */
  readonly remaining?: number
}

/** A run that says nothing for so long is called quiet. */
const quietAfterMs = 120_000

/** One run folder, read as it grows. */
export class Run {
  private readonly tail: EventTail
  private fault?: string
  private planText?: string
  private planRead: unknown
  private told: { revision: number; events: readonly RunEvent[] } = { revision: -1, events: [] }
  private schedulesRead: readonly PlannedSchedule[] = []
  /** Grows with every change seen. */
  revision = 0

  constructor(
    /** Its path below the folder that is served. */
    readonly id: string,
    readonly folder: string,
    private readonly clock: Clock,
  ) {
    this.tail = new EventTail(join(folder, 'events.jsonl'))
    this.poll()
  }

  /** Reads what is new; a run that cannot be read becomes broken and may mend. */
  poll(): void {
    try {
      if (this.tail.poll()) this.revision++
      this.readPlan()
      if (this.fault !== undefined) this.revision++
      this.fault = undefined
    } catch (error) {
      const fault = (error as Error).message
      if (fault !== this.fault) this.revision++
      this.fault = fault
    }
  }

  /** Everything said so far, without what a resume replaced. */
  get events(): readonly RunEvent[] {
    if (this.told.revision !== this.revision)
      this.told = { revision: this.revision, events: this.tail.events }
    return this.told.events
  }

  /** `plan.json`, or undefined. */
  get plan(): unknown {
    return this.planRead
  }

  get schedules(): readonly PlannedSchedule[] {
    return this.schedulesRead
  }

  has(file: string): boolean {
    return existsSync(join(this.folder, file))
  }

  /** Time of the last event; 0 for a broken or empty run. */
  get lastWord(): number {
    return this.fault === undefined ? (this.events.at(-1)?.time ?? 0) : 0
  }

  summary(): RunSummary {
    if (this.fault !== undefined) return { state: 'broken', reason: this.fault }
    const { events } = this
    const last = events.at(-1)
    if (!last) return { state: 'empty' }
    const epochs = events.filter(event => event.type === 'epoch')
    const check = events.findLast(event => event.type === 'check')
    const planned = plannedEpochs(this.planRead)
    return {
      state: this.state(events, last.time),
      epoch: epochs.at(-1)?.epoch,
      epochs: planned,
      loss: epochs.at(-1)?.loss,
      clean: check?.clean,
      noisy: check?.noisy,
      lastWord: last.time,
      remaining: remainingOf(events, planned),
    }
  }

  private state(events: readonly RunEvent[], lastWord: number): RunSummary['state'] {
    if (events.at(-1)?.type === 'end') return 'finished'
    return this.clock.now() - lastWord < quietAfterMs ? 'running' : 'quiet'
  }

  private readPlan(): void {
    const path = join(this.folder, 'plan.json')
    if (!existsSync(path)) return
    const text = readFileSync(path, 'utf8')
    if (text === this.planText) return
    this.planRead = parsedPlan(text)
    this.planText = text
    this.schedulesRead = plannedSchedules(this.planRead)
    this.revision++
  }
}

function parsedPlan(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new DataError('plan.json is not JSON; it may have been cut short.')
  }
}

function plannedEpochs(plan: unknown): number | undefined {
  const epochs = (plan as { lengths?: { epochs?: unknown } } | undefined)?.lengths?.epochs
  return typeof epochs === 'number' ? epochs : undefined
}

/** By the mean length of the epochs since the start or the last resume. */
function remainingOf(events: readonly RunEvent[], epochs: number | undefined): number | undefined {
  const from = events.findLastIndex(event => event.type === 'start' || event.type === 'resumed')
  const done = events.slice(from + 1).filter(event => event.type === 'epoch')
  const last = done.at(-1)
  if (from < 0 || !last || epochs === undefined || last.epoch >= epochs) return undefined
  const each = (last.time - events[from].time) / done.length
  return each * (epochs - last.epoch)
}
