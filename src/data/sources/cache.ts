import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { writeFileAtomic } from '../../record/index.js'

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
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileAtomic(path, [digest(bytes), bytes])
  } catch {
    // a cache that cannot be written is only slower
  }
  return bytes
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()
