import {
  DataError,
  InternalError,
  ModelError,
  ResumableError,
  TemperError,
  UsageError,
} from '../base/index.js'
import type { CrossedError } from './protocol.js'

/** The only classes an arriving name can choose. */
const classes = new Map<string, new (message: string, fields: object) => TemperError>(
  [UsageError, ModelError, DataError, ResumableError].map(c => [c.name, c] as never),
)

const longest = 20_000

/** An error as plain data, for the way to the parent. */
export function packError(error: unknown): CrossedError {
  if (error instanceof TemperError)
    return {
      name: nameOf(error),
      message: error.message,
      fields: cloneable(error.fields),
      stack: error.stack,
    }
  if (error instanceof Error)
    return {
      name: 'InternalError',
      message: `${error.name}: ${error.message}`,
      fields: {},
      stack: error.stack,
    }
  return { name: 'InternalError', message: `something was thrown: ${String(error)}`, fields: {} }
}

/** The class in the list that it is one of; its own name would be unknown on the other side. */
const nameOf = (error: TemperError): string =>
  [...classes].find(([, Class]) => error instanceof Class)?.[0] ?? 'InternalError'

/** The error again, its class taken from a closed list; an unknown one becomes an InternalError. */
export function unpackError(packed: unknown): TemperError {
  const { name, message, fields, stack } = (packed ?? {}) as Partial<CrossedError>
  const text = typeof message === 'string' && message ? message.slice(0, longest) : 'no message'
  const facts = {
    ...(typeof fields === 'object' && fields !== null ? fields : {}),
    ...(typeof stack === 'string' && { childStack: stack.slice(0, longest) }),
  }
  const Class = typeof name === 'string' ? classes.get(name) : undefined
  return Class ? new Class(text, facts) : new InternalError(text.replace(/^internal: /, ''), facts)
}

/** Fields that cannot be copied to another process are left out. */
function cloneable(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => {
      try {
        structuredClone(value)
        return true
      } catch {
        return false
      }
    }),
  )
}
