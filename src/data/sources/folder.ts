import { constants } from 'node:fs'
import { type FileHandle, open, readdir, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { DataError, expected } from '../../base/index.js'

/** No sample file may be larger; a larger one is refused unread. */
const MAX_FILE_BYTES = 512 * 2 ** 20
const MAX_FILES = 10_000_000
const MAX_DEPTH = 8

export interface Listing {
  /** Names of regular files and of folders, sorted by code unit, dot files left out. */
  files: string[]
  folders: string[]
  /** Links left out: they lead outside the folder, or nowhere. */
  outside: string[]
}

/**
 * What stands in one folder. Links that stay inside `root` (a real path) are followed, others and
 * devices are left out.
 */
export async function listFolder(root: string, path: string): Promise<Listing> {
  const listing: Listing = { files: [], folders: [], outside: [] }
  const entries = await readdir(path, { withFileTypes: true }).catch(error => {
    throw new DataError(`${path}: the folder cannot be read (${error.code ?? error.message}).`)
  })
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    if (entry.isFile()) listing.files.push(entry.name)
    else if (entry.isDirectory()) listing.folders.push(entry.name)
    else if (entry.isSymbolicLink()) {
      const kind = await linkedKind(root, join(path, entry.name))
      listing[kind ?? 'outside'].push(entry.name)
    }
  }
  listing.files.sort()
  listing.folders.sort()
  return listing
}

async function linkedKind(root: string, path: string): Promise<'files' | 'folders' | undefined> {
  try {
    const target = await realpath(path)
    if (!isInside(root, target)) return undefined
    const found = await stat(target)
    return found.isFile() ? 'files' : found.isDirectory() ? 'folders' : undefined
  } catch {
    return undefined
  }
}

/** All files under a folder with one of these extensions, as paths relative to `root`, sorted. */
export async function walk(
  root: string,
  folder: string,
  extensions: ReadonlySet<string>,
): Promise<string[]> {
  const found: string[] = []
  const visited = new Set<string>()
  const visit = async (relative: string, depth: number): Promise<void> => {
    const path = join(root, relative)
    const real = await realpath(path)
    if (visited.has(real) || depth > MAX_DEPTH) return
    visited.add(real)
    const { files, folders } = await listFolder(root, path)
    for (const file of files)
      if (extensions.has(extname(file).toLowerCase())) found.push(joinPosix(relative, file))
    if (found.length > MAX_FILES)
      throw new DataError(expected(root, `at most ${MAX_FILES} files`, 'more'))
    for (const name of folders) await visit(joinPosix(relative, name), depth + 1)
  }
  await visit(folder, 0)
  return found
}

const joinPosix = (folder: string, name: string) => (folder ? `${folder}/${name}` : name)

const isInside = (root: string, path: string) =>
  path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)

/**
 * Refuses a path from a file unless it is relative, stays inside and has one spelling on every
 * system; links are checked when it is read. Throws DataError naming `where`.
 */
export function checkRelativePath(relative: string, where: string): void {
  const parts = relative.split('/')
  const isPlain = parts.every(part => part !== '' && part !== '.' && part !== '..')
  if (!isPlain || /[\\\0]|^[a-z]:|%2e|%2f|%5c/i.test(relative) || relative.length > 4096)
    throw new DataError(
      expected(where, 'a path inside the folder, with "/" between its parts', printable(relative)),
    )
}

/** Control characters shown as escapes, long names cut: a name from a file is not to be trusted. */
export function printable(name: string): string {
  const cut = name.length > 200 ? `${name.slice(0, 200)}...` : name
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, c => `\\u{${c.codePointAt(0)!.toString(16)}}`)
}

/** The bytes of a regular file inside `root`. Throws DataError when it is gone, too large or no file. */
export async function readSample(root: string, relative: string): Promise<Uint8Array> {
  return openSample(root, relative, file => file.readFile())
}

/** The first bytes of a file inside `root`, and its size. Throws DataError. */
export async function readBeginning(
  root: string,
  relative: string,
  most: number,
): Promise<{ bytes: Uint8Array; fileBytes: number }> {
  return openSample(root, relative, async (file, fileBytes) => {
    const { buffer, bytesRead } = await file.read(new Uint8Array(Math.min(most, fileBytes)), 0)
    return { bytes: buffer.subarray(0, bytesRead), fileBytes }
  })
}

async function openSample<T>(root: string, relative: string, use: Use<T>): Promise<T> {
  const where = printable(relative)
  try {
    const real = await realpath(join(root, relative))
    if (!isInside(root, real)) throw new DataError(`${where}: leads out of the folder.`)
    return await openRegularFile(real, where, use)
  } catch (error) {
    if (error instanceof DataError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw new DataError(`${where}: the file cannot be read (${code ?? message}).`)
  }
}

type Use<T> = (file: FileHandle, fileBytes: number) => Promise<T>

/** Opens a regular file that is no link; a pipe or device is refused without waiting for it. */
async function openRegularFile<T>(path: string, where: string, use: Use<T>): Promise<T> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const found = await file.stat()
    if (!found.isFile()) throw new DataError(`${where}: this is not a regular file.`)
    if (found.size > MAX_FILE_BYTES)
      throw new DataError(expected(where, `at most ${MAX_FILE_BYTES} bytes`, `${found.size} bytes`))
    return await use(file, found.size)
  } finally {
    await file.close()
  }
}
