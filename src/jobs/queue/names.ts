import type { SentOrder } from './messages.js'
import { derived } from './seal.js'

/** Names in Redis follow from the study key, so that a worker needs to know nothing else. */
export const queueNameOf = (key: string) => `temper-${derived(key, 'queue')}`
export const manifestNameOf = (key: string) => `temper:manifest:${derived(key, 'queue')}`

/** A job's name in the queue: a copy under another name is refused. */
export const jobIdOf = ({ id, attempt }: Pick<SentOrder, 'id' | 'attempt'>) => `${id}-${attempt}`
