import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

const DIGEST_BYTES = 32

/** Where parsed data may be kept: `$XDG_CACHE_HOME/temper`, else `~/.cache/temper`. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'temper')
}

/**
 * The bytes kept under `name`, or those `make` gives, which are then kept. A file is its SHA-256
 * and the bytes; a damaged one is made anew, and a folder that cannot be written is only slower.
 */
export async function cached(name: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const path = join(cacheFolder(), name)
  const kept = await readFile(path).catch(() => undefined)
  if (kept && kept.length > DIGEST_BYTES) {
    const bytes = kept.subarray(DIGEST_BYTES)
    if (digest(bytes).equals(kept.subarray(0, DIGEST_BYTES))) return bytes
  }
  const bytes = await make()
  await keep(path, bytes).catch(() => {})
  return bytes
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

/** Written aside, synced, renamed: a reader sees the whole file or none. */
async function keep(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const aside = `${path}.${randomUUID()}`
  try {
    const file = await open(aside, 'wx')
    try {
      await file.writeFile(digest(bytes))
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}
