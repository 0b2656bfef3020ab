/** What may stand in place of a value of a recipe that is searched in. */
import { didYouMean } from '../../base/index.js'
import { expecting, pickedUnion, shown, strictForm } from '../../schedule/index.js'
import { positive, text, z } from '../fields.js'

const bound = z.number({ error: expecting('a number') })
const flag = z.boolean({ error: expecting('true or false') }).optional()
const name = text.optional().describe('what it is called in results; default: its place')

const range = strictForm({
  from: bound.describe('lowest value'),
  to: bound.describe('highest value, itself allowed'),
  log: flag.describe('equal shares of the logarithm; from must be above 0'),
  integer: flag.describe('whole numbers only'),
  step: positive.optional().describe('only from, from + step, ...'),
  name,
})

const choice = strictForm({
  choices: z
    .union([z.array(z.unknown()), z.record(text, z.unknown())], {
      error: expecting('a list of at least two values, or values by name'),
    })
    .describe('one of these; a list, or values by name; they may hold searches of their own'),
  name,
})

const onOff = strictForm({
  onOff: z.unknown().describe('there, or left out; it may hold searches of its own'),
  name,
})

export type RangeForm = z.infer<typeof range>
export type ChoiceForm = z.infer<typeof choice>
export type OnOffForm = z.infer<typeof onOff>
export type SearchForm = RangeForm | ChoiceForm | OnOffForm

const forms = [range, choice, onOff] as const
const keys = forms.map(form => Object.keys(form.shape))

/** `{ search: THIS }`: a range, choices, or something that is there or not. */
export const searchForm: z.ZodType<SearchForm> = pickedUnion<SearchForm>(forms, input => {
  const rule = 'expected a search: { from, to }, { choices } or { onOff }, received'
  if (!isObject(input)) return `${rule} ${shown(input)}.`
  const place = 'choices' in input ? 1 : 'onOff' in input ? 2 : 0
  const unknown = Object.keys(input).find(key => !keys[place].includes(key))
  if (unknown === undefined) return forms[place]
  return `${rule} ${shown(input)}: "${unknown}" is not a key here.${didYouMean(unknown, keys.flat())}`
})

/** Whether a value is `{ search: ... }`. */
export function isSearch(value: unknown): value is { readonly search: unknown } {
  return isObject(value) && Object.hasOwn(value, 'search')
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
