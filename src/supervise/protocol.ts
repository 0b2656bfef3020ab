/** What a parent and its child say to each other. Everything that arrives is checked before use. */

/** Set by the class list of `crossing.ts`; nothing here names a class to construct. */
export interface CrossedError {
  readonly name: string
  readonly message: string
  readonly fields: Record<string, unknown>
  readonly stack?: string
}

export type FromChild =
  /** The acts are loaded; the order may come. */
  | { readonly type: 'ready' }
  | { readonly type: 'event'; readonly event: unknown }
  | { readonly type: 'done'; readonly result: unknown }
  | { readonly type: 'failed'; readonly error: CrossedError }

export type FromParent =
  | {
      readonly type: 'start'
      readonly act: string
      readonly payload: unknown
      readonly beatMs: number
      /** How long the act may go on saving once the parent is gone. */
      readonly graceMs: number
    }
  /** Save what there is and end. */
  | { readonly type: 'stop' }

/** The child's extra pipe: 0 to 2 are the standard streams, 3 is the message channel. */
export const beatDescriptor = 4

/** One sign of life, sent from a thread of its own while the main thread computes. */
export interface Beat {
  /** Resident memory of the whole child, bytes. */
  readonly rss: number
  /** Milliseconds since the main thread last came back to its event loop. */
  readonly blockedMs: number
}

export const writeBeat = ({ rss, blockedMs }: Beat): string => `${rss} ${Math.round(blockedMs)}\n`

/** Reads a line written by `writeBeat`; undefined when it is anything else. */
export function readBeat(line: string): Beat | undefined {
  const match = /^(\d{1,16}) (\d{1,16})$/.exec(line)
  return match ? { rss: Number(match[1]), blockedMs: Number(match[2]) } : undefined
}

/** A message of a known type, or undefined. */
export function readFromChild(message: unknown): FromChild | undefined {
  if (typeof message !== 'object' || message === null) return undefined
  const { type } = message as { type?: unknown }
  const known = type === 'ready' || type === 'event' || type === 'done' || type === 'failed'
  return known ? (message as FromChild) : undefined
}
