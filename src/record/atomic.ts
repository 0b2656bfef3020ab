import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ResumableError, UsageError } from '../base/index.js'

export type Content = string | Uint8Array | readonly Uint8Array[]

/**
 * Writes a file whole or not at all: written aside, synced, renamed, the folder synced.
 * Throws ResumableError when the disk is full, UsageError when the place cannot be written.
 */
export function writeFileAtomic(path: string, content: Content): void {
  const aside = asidePath(path)
  explainDiskErrors(path, () => {
    try {
      writeSynced(aside, content)
      renameSync(aside, path)
      syncFolder(dirname(path))
    } catch (error) {
      rmSync(aside, { force: true })
      throw error
    }
  })
}

/** The place beside a path where its next version is prepared. */
export function asidePath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.partial`)
}

export function writeSynced(path: string, content: Content): void {
  const file = openSync(path, 'w')
  try {
    for (const chunk of chunksOf(content)) writeAll(file, chunk)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

export function chunksOf(content: Content): readonly Uint8Array[] {
  if (typeof content === 'string') return [Buffer.from(content)]
  return content instanceof Uint8Array ? [content] : content
}

function writeAll(file: number, bytes: Uint8Array): void {
  const most = 1 << 30
  for (let at = 0; at < bytes.length; )
    at += writeSync(file, bytes, at, Math.min(most, bytes.length - at))
}

/** Makes a rename durable; some systems cannot sync a folder, and then it is as durable as they allow. */
export function syncFolder(path: string): void {
  let folder: number
  try {
    folder = openSync(path, 'r')
  } catch {
    return
  }
  try {
    fsyncSync(folder)
  } catch {
  } finally {
    closeSync(folder)
  }
}

/** Runs a disk action; turns the system's codes into sentences. */
export function explainDiskErrors<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new ResumableError(
        `${path}: the disk is full. Free some space, then resume: what was saved before is intact.`,
        { path, code },
      )
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
      throw new UsageError(`${path}: this place cannot be written. Choose another with --out.`, {
        path,
        code,
      })
    if (code === 'EISDIR')
      throw new UsageError(`${path}: a folder is there. Name the file to write.`, { path, code })
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new UsageError(
        `${path}: its folder does not exist. Create it or choose another place.`,
        {
          path,
          code,
        },
      )
    throw error
  }
}
