import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'

/** SHA-256 as 64 hexadecimal digits. */
export function sha256(...chunks: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

/** SHA-256 of a file, read in pieces of 1 MiB. */
export function sha256File(path: string): string {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(1 << 20)
  const file = openSync(path, 'r')
  try {
    for (;;) {
      const count = readSync(file, buffer, 0, buffer.length, null)
      if (count === 0) return hash.digest('hex')
      hash.update(buffer.subarray(0, count))
    }
  } finally {
    closeSync(file)
  }
}

/** JSON with sorted keys, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, field) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  )
}

/** What may differ between two runs that did the same: it is not part of a result. */
const circumstances = new Set([
  'threads',
  'timing',
  'device',
  'version',
  'versions',
  'machine',
  'time',
])

/** SHA-256 of a result without its circumstances (threads, timing, device, version), at any depth. */
export function contentHash(result: unknown): string {
  return sha256(canonicalJson(withoutCircumstances(result)))
}

function withoutCircumstances(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCircumstances)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => !circumstances.has(key))
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutCircumstances(field)]))
}
