import { existsSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DataError } from '../../base/index.js'
import { superviseChild } from '../../supervise/index.js'

const entry = new URL('./child.js', import.meta.url)

type Acts = Pick<typeof import('./read.js'), 'describe' | 'unpack' | 'numbers'>
type Result<Name extends keyof Acts> = Awaited<ReturnType<Acts[Name]>>

/** Silence of a busy decoder before it is ended, and more for each 10 MB to be read. */
const STALL_MS = 4000
const MB = 2 ** 20

/**
 * Does one act on Parquet files in a child process with bounds on time and memory. A checkout that
 * runs its TypeScript directly has no child to start and does it here. Throws DataError.
 */
export async function parquetAct<Name extends keyof Acts>(
  act: Name,
  files: readonly string[],
  payload: Parameters<Acts[Name]>[0],
): Promise<Result<Name>> {
  if (!existsSync(fileURLToPath(entry))) return runHere(act, payload)
  const megabytes = files.reduce((sum, file) => sum + statSync(file).size, 0) / MB
  try {
    return await superviseChild<Result<Name>>({
      entry,
      act,
      payload,
      stallMs: STALL_MS + 100 * megabytes,
      deadlineMs: 60_000 + 1000 * megabytes,
      memoryMb: Math.min(16_384, 1024 + 8 * megabytes),
      graceMs: 100,
    })
  } catch (error) {
    if (error instanceof DataError) throw error
    const [reason] = (error as Error).message
      .replace(/^\w+: the process doing the work /, 'its decoder ')
      .split('. ')
    throw new DataError(`${basename(files[0])}: the Parquet file cannot be read (${reason}).`)
  }
}

async function runHere<Name extends keyof Acts>(
  act: Name,
  payload: unknown,
): Promise<Result<Name>> {
  const acts: Acts = await import('./read.js')
  const run = acts[act] as (payload: unknown) => unknown
  return (await run(payload)) as Result<Name>
}
