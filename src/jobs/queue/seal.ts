import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { UsageError } from '../../base/index.js'

/** A text and the proof that a holder of the study key wrote it. */
export interface Sealed {
  readonly body: string
  readonly mac: string
}

/** What a sealed text is about; a seal of one topic opens no other. */
export type Topic = 'order' | 'answer' | 'claim' | 'beat' | 'manifest'

/** Shortest study key, in characters. */
const shortestKey = 16

/** Throws UsageError for a study key that could be guessed. */
export function checkKey(key: string): string {
  if (key.length >= shortestKey) return key
  throw new UsageError(
    `TEMPER_STUDY_KEY: expected at least ${shortestKey} characters, received ${key.length}. Take the one the coordinator printed.`,
  )
}

/** mac = HMAC-SHA256(key, topic | newline | body) over the exact characters of `body`. */
export function seal(key: string, topic: Topic, value: unknown): Sealed {
  const body = JSON.stringify(value)
  return { body, mac: macOf(key, topic, body) }
}

/** What was sealed; nothing where it is no seal of this key and topic. Never throws. */
export function unseal(key: string, topic: Topic, sealed: unknown): unknown {
  const { body, mac } = (sealed ?? {}) as Partial<Sealed>
  if (typeof body !== 'string' || typeof mac !== 'string') return undefined
  if (!sameText(mac, macOf(key, topic, body))) return undefined
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Whether two texts are equal, in a time that does not tell where they differ. */
export function sameText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}

/** A secret of its own for `use`, from which the study key cannot be found. */
export function derived(key: string, use: string): string {
  return Buffer.from(hkdfSync('sha256', key, '', `temper ${use}`, 16)).toString('hex')
}

function macOf(key: string, topic: Topic, body: string): string {
  return createHmac('sha256', key).update(`${topic}\n${body}`).digest('hex')
}
