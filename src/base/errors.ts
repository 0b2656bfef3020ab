/** Errors a person can act on: each is a sentence, and knows the exit code of the command line. */

export interface ErrorFields {
  readonly [name: string]: unknown
}

/** Any failure Temper explains itself; `exitCode` is what the command line ends with. */
export class TemperError extends Error {
  readonly exitCode: number = 1
  /** Machine-readable facts behind the sentence. */
  readonly fields: ErrorFields

  constructor(message: string, fields: ErrorFields = {}) {
    super(message)
    this.name = new.target.name
    this.fields = fields
  }
}

/** Bad usage, option or recipe: exit 2. */
export class UsageError extends TemperError {
  override readonly exitCode = 2
}

/** A model that cannot be read or used as asked: exit 3. */
export class ModelError extends TemperError {
  override readonly exitCode = 3
}

/** Data that cannot be read or used as asked: exit 3. */
export class DataError extends TemperError {
  override readonly exitCode = 3
}

/** Stopped, but resumable (disk full, worker lost): exit 5. */
export class ResumableError extends TemperError {
  override readonly exitCode = 5
}

/** A broken invariant of Temper's own: exit 1. */
export class InternalError extends TemperError {
  override readonly exitCode = 1

  constructor(message: string, fields: ErrorFields = {}) {
    super(`internal: ${message}`, fields)
  }
}

/** The one error sentence: `<where>: expected <rule>, received <value>. <what to do>`. */
export function expected(where: string, rule: string, received: unknown, remedy = ''): string {
  const value = typeof received === 'string' ? `"${received}"` : String(received)
  return `${where}: expected ${rule}, received ${value}.${remedy ? ` ${remedy}` : ''}`
}

/** The names closest to a misspelt one, best first; empty when nothing is near. */
export function nearestNames(name: string, names: Iterable<string>, most = 3): string[] {
  const limit = Math.max(2, Math.ceil(name.length / 3))
  return [...names]
    .map(candidate => ({ candidate, distance: editDistance(name, candidate, limit) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map(({ candidate }) => candidate)
}

/** " Did you mean x or y?" or an empty string. */
export function didYouMean(name: string, names: Iterable<string>): string {
  const near = nearestNames(name, names)
  return near.length ? ` Did you mean ${near.join(' or ')}?` : ''
}

/** Levenshtein distance without case; anything above `limit` may come back as `limit + 1`. */
function editDistance(a: string, b: string, limit: number): number {
  const x = a.toLowerCase()
  const y = b.toLowerCase()
  if (Math.abs(x.length - y.length) > limit) return limit + 1
  let row = Array.from({ length: y.length + 1 }, (_, j) => j)
  for (let i = 1; i <= x.length; i++) {
    const next = [i]
    for (let j = 1; j <= y.length; j++) {
      const change = row[j - 1] + (x[i - 1] === y[j - 1] ? 0 : 1)
      next.push(Math.min(change, row[j] + 1, next[j - 1] + 1))
    }
    row = next
  }
  return row[y.length]
}
