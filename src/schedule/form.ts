import { type Lengths, parseTime, timeInBatches, UsageError } from '../base/index.js'
import type { z } from './strict.js'

/** A level over time, in batches from the start of the run. */
export type Curve = (batch: number) => number

/** A stretch of the run, in batches; a curve without `from` and `to` fills the one it stands in. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** What levels may be, for the sentence that refuses one. */
export interface LevelUnit {
  /** As in "expected <name> from 0 to 1": "a probability", "a standard deviation". */
  readonly name: string
  readonly min?: number
  readonly max?: number
}

/** What a spec is read against. */
export interface ScheduleContext {
  readonly lengths: Lengths
  /** Path of the key in the recipe, such as `noise[0].sigma`; errors begin with it. */
  readonly where?: string
  /** Levels outside its range are refused; default: any finite number. */
  readonly unit?: LevelUnit
  /** Hears of what is legal but has no effect (a step after the end of the run). */
  readonly warn?: (sentence: string) => void
}

/** One kind of schedule: a row of the table. */
export interface Form<S> {
  /** One sentence for `temper list schedules`. */
  readonly summary: string
  /** Paper or common name, where there is one. */
  readonly source?: string
  readonly example: S
  readonly schema: z.ZodType<S>
  compile(spec: S, span: Span, scope: Scope): Curve
}

/** Reads the parts of one spec; knows where it stands in the recipe. */
export class Scope {
  constructor(
    readonly context: ScheduleContext,
    private readonly compileAny: (spec: unknown, span: Span, scope: Scope) => Curve,
    private readonly path: string = context.where ?? 'schedule',
  ) {}

  at(...keys: readonly (string | number)[]): Scope {
    return new Scope(this.context, this.compileAny, this.path + joinPath(keys))
  }

  /** The batch a time stands for, counted from `origin`. */
  time(text: string, origin = 0): number {
    return origin + timeInBatches(parseTime(text, this.path), this.context.lengths)
  }

  /** A length of time in batches; refuses zero. */
  duration(text: string): number {
    const batches = this.time(text)
    if (batches <= 0) this.refuse('a time longer than 0', text)
    return batches
  }

  /** A level, inside the range of its unit. */
  value(level: number): number {
    const { name = 'a number', min = -Infinity, max = Infinity } = this.context.unit ?? {}
    if (level >= min && level <= max) return level
    return this.refuse(`${name} ${rangeWords(min, max)}`, level)
  }

  inner(spec: unknown, span: Span): Curve {
    return this.compileAny(spec, span, this)
  }

  warn(sentence: string): void {
    this.context.warn?.(`${this.path}: ${sentence}`)
  }

  refuse(rule: string, received: unknown, remedy = ''): never {
    const sentence = `${this.path}: expected ${rule}, received ${received}.`
    throw new UsageError(remedy ? `${sentence} ${remedy}` : sentence, { path: this.path })
  }
}

/** `['ramp', 0]` as `.ramp[0]`. */
export function joinPath(keys: readonly PropertyKey[]): string {
  return keys.map(key => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
}

function rangeWords(min: number, max: number): string {
  if (max === Infinity) return `of at least ${min}`
  if (min === -Infinity) return `of at most ${max}`
  return `from ${min} to ${max}`
}

/** How far into its period a batch is; a hair before the next period counts as its start. */
export function phaseOf(batch: number, period: number): number {
  const cycle = Math.floor(batch / period + 1e-9)
  return Math.max(0, batch - cycle * period)
}
