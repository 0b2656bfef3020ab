/** zod, with Temper's sentences: strict objects that hint at the nearest name, unions told apart by key. */
import { z } from 'zod'
import { didYouMean, parseTime } from '../base/index.js'

export { z }

/** How a received value is shown in an error sentence. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (value === undefined) return 'nothing'
  if (typeof value === 'object' && value !== null)
    return `an object with the keys ${Object.keys(value).join(', ') || '(none)'}`
  return String(value)
}

/** A zod `error` that says what was expected and what came. */
export function expecting(rule: string, remedy = '') {
  return (issue: { input?: unknown }) =>
    `expected ${rule}, received ${shown(issue.input)}.${remedy ? ` ${remedy}` : ''}`
}

/** An object that refuses other keys, with the nearest right name. */
export function strictForm<S extends z.ZodRawShape>(shape: S) {
  const names = Object.keys(shape)
  return z.strictObject(shape, {
    error: issue => {
      if (issue.code !== 'unrecognized_keys') return expecting('an object')(issue)
      const unknown = (issue.keys as string[])[0]
      return `"${unknown}" is not a key here.${didYouMean(unknown, names)} Known: ${names.join(', ')}.`
    },
  })
}

/** A finite number. */
export const numberSchema = z.number({ error: expecting('a number') })
export const positiveSchema = numberSchema.gt(0, { error: expecting('a number above 0') })
export const pairSchema = z.tuple([numberSchema, numberSchema], {
  error: expecting('two numbers, [first, last]'),
})

/** A time with its unit: `3ep`, `500ba`, `4000sp`, `20%`, `0.2dur`. */
export const timeSchema = z.string({ error: issue => timeError(issue.input) }).check(ctx => {
  const message = timeError(ctx.value)
  if (message) ctx.issues.push({ code: 'custom', input: ctx.value, message })
})
timeSchema.meta({
  description:
    'A time: 3ep (epochs), 500ba (batches), 4000sp (samples), 20% or 0.2dur (of the run)',
})

function timeError(input: unknown): string | undefined {
  if (typeof input === 'string' && /^[\d.]+\s*(s|sec|ms|min|m|h)$/.test(input.trim()))
    return `expected a time such as 3ep, 500ba, 4000sp or 20%, received "${input}". Wall-clock time has no place in a schedule: the same recipe must do the same on a slower machine.`
  if (typeof input !== 'string')
    return `expected a time with its unit, such as 3ep, 500ba, 4000sp or 20%, received ${shown(input)}.`
  try {
    parseTime(input, '')
    return undefined
  } catch (error) {
    return (error as Error).message.replace(/^: /, '')
  }
}

type KeyedDefinition = z.core.$ZodUnionDef & { pick: (input: unknown) => z.ZodType | string }

/** A union that asks `pick` which option a value is; a string is the sentence that refuses it. */
const KeyedUnion = z.core.$constructor('KeyedUnion', (instance: z.ZodUnion, definition) => {
  z.ZodUnion.init(instance, definition as KeyedDefinition)
  const { pick } = definition as KeyedDefinition
  instance._zod.parse = (payload, context) => {
    const option = pick(payload.value)
    if (typeof option !== 'string') return option._zod.run(payload, context)
    payload.issues.push({ code: 'custom', input: payload.value, message: option, inst: instance })
    return payload
  }
})

/** A function of the moment, from the library alone: it is sampled once the lengths are known. */
const functionSchema = z.unknown()

/**
 * A number, or an object told apart by one of its keys: only the chosen form speaks when it is
 * wrong, and reading takes one pass however deep forms nest.
 */
export function keyedUnion<T>(
  what: string,
  forms: Readonly<Record<string, z.ZodType>>,
): z.ZodType<T> {
  const names = Object.keys(forms)
  const options = [numberSchema, ...new Set(Object.values(forms))]
  return pickedUnion<T>(options, input => pickForm(input, what, forms, names))
}

/** A union in which `pick` says which option a value is; a string is the sentence that refuses it. */
export function pickedUnion<T>(
  options: readonly z.ZodType[],
  pick: (input: unknown) => z.ZodType | string,
): z.ZodType<T> {
  return new KeyedUnion({ type: 'union', options, pick } as never) as unknown as z.ZodType<T>
}

function pickForm(
  input: unknown,
  what: string,
  forms: Readonly<Record<string, z.ZodType>>,
  names: readonly string[],
): z.ZodType | string {
  if (typeof input === 'number') return numberSchema
  if (typeof input === 'function') return functionSchema
  const rule = `${what}: a number or an object with one of ${names.join(', ')}`
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return `expected ${rule}, received ${shown(input)}.`
  const keys = Object.keys(input)
  const chosen = keys.filter(key => Object.hasOwn(forms, key))
  if (new Set(chosen.map(key => forms[key])).size > 1)
    return `expected ${rule}, received several: ${chosen.join(' and ')}.`
  if (chosen.length) return forms[chosen[0]]
  const hint = keys.map(key => didYouMean(key, names)).find(Boolean) ?? ''
  return `expected ${rule}, received ${shown(input)}.${hint}`
}
