import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DataError } from '../../base/index.js'
import { cacheFolder } from '../sources/cache.js'
import { parquetAct } from './act.js'

/** Row groups kept unpacked when nobody reads them; the oldest go first. */
const KEPT_GROUPS = 64
/** Children at work at once. */
const AT_ONCE = 2

export interface RowGroup {
  path: string
  /** Name of its folder: the file's, made unique by its number. */
  folder: string
  rowStart: number
  rowEnd: number
}

export interface Held {
  failed: ReadonlyMap<number, string>
  release(): void
}

interface State {
  done: Promise<string | undefined>
  readers: number
}

/** The cells of a media column as files, a row group at a time as they are needed. */
export class Unpacked {
  readonly root = freshFolder()
  private readonly states = new Map<number, State>()
  private running = 0
  private readonly waiting: (() => void)[] = []

  constructor(
    private readonly groups: readonly RowGroup[],
    private readonly column: string,
  ) {}

  /** Sees to it that these groups are there until `release`; says of each that cannot be why. */
  async hold(numbers: ReadonlySet<number>): Promise<Held> {
    const held = [...numbers].map(number => {
      const state = this.states.get(number) ?? { done: this.unpack(number), readers: 0 }
      state.readers++
      // the map's order is the order of last use
      this.states.delete(number)
      this.states.set(number, state)
      return { number, state }
    })
    const failed = new Map<number, string>()
    for (const { number, state } of held) {
      const reason = await state.done
      if (reason !== undefined) failed.set(number, reason)
    }
    const release = () => {
      for (const { state } of held) state.readers--
      this.evict()
    }
    return { failed, release }
  }

  /** Why it failed, or undefined. */
  private async unpack(number: number): Promise<string | undefined> {
    while (this.running >= AT_ONCE) await new Promise<void>(resolve => this.waiting.push(resolve))
    this.running++
    try {
      const { path, folder, rowStart, rowEnd } = this.groups[number]
      const payload = {
        file: path,
        column: this.column,
        rowStart,
        rowEnd,
        folder: join(this.root, folder),
      }
      await parquetAct('unpack', [path], payload)
      return undefined
    } catch (error) {
      if (error instanceof DataError) return error.message
      throw error
    } finally {
      this.running--
      this.waiting.shift()?.()
    }
  }

  /** Deletes what was not read for longest. */
  private evict(): void {
    for (const [number, { readers }] of this.states) {
      if (this.states.size <= KEPT_GROUPS) return
      if (readers) continue
      this.states.delete(number)
      const { folder, rowStart, rowEnd } = this.groups[number]
      for (let row = rowStart; row < rowEnd; row++)
        void rm(join(this.root, folder, String(row)), { force: true })
    }
  }
}

/** A folder that goes when the process ends; those of processes that were killed go now. */
function freshFolder(): string {
  const base = join(cacheFolder(), 'unpacked')
  let folder: string
  try {
    mkdirSync(base, { recursive: true })
    for (const name of readdirSync(base))
      if (!isAlive(Number(name.split('-')[0]))) remove(join(base, name))
    folder = mkdtempSync(join(base, `${process.pid}-`))
  } catch {
    folder = mkdtempSync(join(tmpdir(), `temper-${process.pid}-`))
  }
  process.once('exit', () => remove(folder))
  return folder
}

const remove = (folder: string) => rmSync(folder, { recursive: true, force: true })

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The row groups of files, with the number of the row each ends at over all of them. */
export function rowGroups(
  files: readonly string[],
  groups: readonly number[][],
): { list: RowGroup[]; ends: number[] } {
  const list: RowGroup[] = []
  const ends: number[] = []
  files.forEach((path, f) => {
    let row = 0
    for (const rows of groups[f]) {
      const folder =
        files.findIndex(other => basename(other) === basename(path)) === f
          ? basename(path)
          : `${f}-${basename(path)}`
      list.push({ path, folder, rowStart: row, rowEnd: row + rows })
      row += rows
      ends.push((ends.at(-1) ?? 0) + rows)
    }
  })
  return { list, ends }
}
