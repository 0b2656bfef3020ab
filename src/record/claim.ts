import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ResumableError } from '../base/index.js'

const lookMs = 100

/**
 * Holds what a file stands for while `work` runs, so that two processes never write there at once.
 * A claim whose process is gone is void. Throws ResumableError when another process keeps it longer
 * than `patienceMs`.
 */
export async function whileClaimed<T>(
  file: string,
  patienceMs: number,
  work: () => Promise<T>,
): Promise<T> {
  for (let waited = 0; !claim(file); waited += lookMs) {
    if (waited >= patienceMs)
      throw new ResumableError(
        `${file}: another process (${holder(file)}) works here. Wait for it, or end it.`,
      )
    await sleep(lookMs)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

function claim(file: string): boolean {
  const pid = holder(file)
  if (pid !== undefined && !isAlive(pid)) rmSync(file, { force: true })
  try {
    const handle = openSync(file, 'wx')
    writeSync(handle, String(process.pid))
    closeSync(handle)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** The process that holds a claim; undefined where there is none or it is just being written. */
function holder(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    return pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
