import { type Dirent, existsSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Clock } from '../base/index.js'
import { Run } from './run.js'

const deepest = 4
const skipped = new Set(['node_modules', 'checkpoints', 'tb'])

/** Every run folder below one folder; a request can name only what was found here. */
export class Runs {
  private readonly known = new Map<string, Run>()

  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
  ) {
    this.scan()
  }

  /** Looks for new and gone run folders. */
  scan(): void {
    const found = new Map(findRuns(this.folder).map(path => [idOf(this.folder, path), path]))
    for (const id of this.known.keys()) if (!found.has(id)) this.known.delete(id)
    for (const [id, path] of found)
      if (!this.known.has(id)) this.known.set(id, new Run(id, path, this.clock))
  }

  poll(): void {
    for (const run of this.known.values()) run.poll()
  }

  get(id: string): Run | undefined {
    return this.known.get(id)
  }

  /** The one that spoke last comes first; broken ones last. */
  list(): Run[] {
    const lastWords = new Map([...this.known.values()].map(run => [run, run.lastWord]))
    const newest = (a: Run, b: Run) => lastWords.get(b)! - lastWords.get(a)!
    return [...lastWords.keys()].sort((a, b) => newest(a, b) || (a.id < b.id ? -1 : 1))
  }
}

function idOf(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/') || '.'
}

/** Folders that hold an `events.jsonl`; links are not followed, and a run holds no other run. */
function findRuns(folder: string, depth = 0): string[] {
  if (existsSync(join(folder, 'events.jsonl'))) return [folder]
  if (depth === deepest) return []
  return entriesOf(folder)
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.') && !skipped.has(entry.name))
    .flatMap(entry => findRuns(join(folder, entry.name), depth + 1))
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
