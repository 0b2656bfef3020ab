/** The schema of a noise entry: one strict form a row of the noise table, told apart by at and kind. */
import { didYouMean } from '../base/index.js'
import {
  type Ascent,
  allNoises,
  ascents,
  isSite,
  type Noise,
  noises,
  type TableSite,
} from '../noise/index.js'
import {
  levelSchema,
  pickedUnion,
  shown,
  strictForm,
  timeSchema,
  windowFields,
} from '../schedule/index.js'
import { probability, text, z } from './fields.js'
import { conditionSchema } from './rules.js'

const clip = z.union([z.tuple([z.number(), z.number()]), z.literal('none')]).optional()
const redraw = z
  .enum(['step', 'epoch', 'run'])
  .optional()
  .describe('how long a draw lives; default: step (flips: run)')

const gate = strictForm({
  when: conditionSchema.describe('looked at after each check'),
  atLatest: timeSchema.optional().describe('begins then in any case'),
})
const startSchema = pickedUnion<NoiseStart>([timeSchema, gate], input =>
  typeof input === 'object' && input !== null ? gate : timeSchema,
).describe(
  'when it begins, and its schedule with it: a time, or a condition on what checks measure',
)

/** A time, or what a check must show. */
export type NoiseStart = string | { readonly when: string; readonly atLatest?: string }

/** What an entry may say beside its levels, by site. */
const siteFields = {
  input: {
    clip: clip.describe(
      'range kept after the noise; default: [0, 1] for images, [-1, 1] for audio',
    ),
    share: probability.optional().describe('share of the samples that get it; default 1'),
    severity: z
      .int()
      .min(1)
      .max(5)
      .optional()
      .describe('a level of the preset instead of a number'),
    preset: text.optional(),
    allowHeldOut: z.boolean().optional().describe('train on a corruption of a published suite'),
    redraw,
  },
  mix: {
    probability: probability.optional().describe('chance that a batch is mixed; default 1'),
    per: z
      .enum(['batch', 'sample'])
      .optional()
      .describe('one draw for the batch, or for each sample'),
  },
  weight: {
    match: text.optional().describe('names of the tensors it touches; default: every trained one'),
    redraw,
  },
  activation: {
    match: text
      .optional()
      .describe(
        'an operator (Relu) or a pattern of names of nodes and values; default: the outputs of non-linear operators (else of linear ones)',
      ),
    depth: z
      .tuple([probability, probability])
      .optional()
      .describe('first and last depth, from 0 (first layer) to 1 (last)'),
    per: z
      .enum(['batch', 'sample'])
      .optional()
      .describe('a draw for each sample (default), or one for the whole batch'),
    redraw,
  },
  target: {
    redraw: redraw.describe(
      'how long a flip lives: one a sample for the run (default), or each epoch',
    ),
  },
  gradient: {},
} as const satisfies Record<TableSite, z.ZodRawShape>

/** What an entry for noise that asks for a gradient may say. */
const ascentFields = {
  input: { clip: siteFields.input.clip, share: siteFields.input.share },
  weight: { match: siteFields.weight.match },
} as const

/** What an entry may say for a noise that draws from more than its key. */
const needFields: Readonly<Record<string, z.ZodRawShape>> = {
  sources: {
    sources: z
      .union([text, z.array(text).min(1)])
      .optional()
      .describe(
        'recordings to draw from: a file, a folder, or several; default: those that come with the data',
      ),
  },
  prior: {
    prior: z
      .array(probability)
      .optional()
      .describe('how often each class occurs; default: as in the training data'),
  },
  transition: {
    transition: z
      .array(z.array(probability))
      .optional()
      .describe('a row a class: the chance that it is labelled as each class'),
  },
}

function fieldsOf(noise: Noise): z.ZodRawShape {
  const needs: readonly string[] = 'needs' in noise ? (noise.needs ?? []) : []
  return Object.assign({}, siteFields[noise.at], ...needs.map(need => needFields[need]))
}

/** One noise of a recipe: where, which, how strong, when. */
export interface NoiseEntry {
  readonly at: TableSite
  readonly kind: string
  readonly every?: string
  readonly for?: string
  readonly start?: NoiseStart
  readonly clip?: [number, number] | 'none'
  readonly share?: number
  readonly severity?: number
  readonly preset?: string
  readonly allowHeldOut?: boolean
  readonly redraw?: 'step' | 'epoch' | 'run'
  readonly probability?: number
  readonly per?: 'batch' | 'sample'
  readonly match?: string
  readonly depth?: readonly [number, number]
  readonly sources?: string | readonly string[]
  readonly prior?: readonly number[]
  readonly transition?: readonly (readonly number[])[]
  /** Level fields of the kind. */
  readonly [level: string]: unknown
}

function formOf(noise: Noise | Ascent, fields: z.ZodRawShape): z.ZodType {
  const levels = Object.entries(noise.levels).map(([name, field]) => [
    name,
    levelSchema.optional().describe(`${field.what} (${field.unit})`),
  ])
  return strictForm({
    at: z.literal(noise.at),
    kind: z.literal(noise.kind),
    ...Object.fromEntries(levels),
    ...fields,
    ...windowFields,
    start: startSchema.optional(),
  }).describe(noise.what)
}

const allAscents = Object.values(ascents).flatMap(rows => Object.values(rows))

const forms = new Map([
  ...allNoises().map(noise => [nameOf(noise), formOf(noise, fieldsOf(noise))] as const),
  ...allAscents.map(noise => [nameOf(noise), formOf(noise, ascentFields[noise.at])] as const),
])

function nameOf({ at, kind }: Noise | Ascent): string {
  return `${at} ${kind}`
}

export const noiseSchema: z.ZodType<NoiseEntry> = pickedUnion<NoiseEntry>([...forms.values()], pick)

function pick(input: unknown): z.ZodType | string {
  if (typeof input !== 'object' || input === null)
    return `expected a noise, { at: ..., kind: ... }, received ${shown(input)}.`
  const { at, kind } = input as { at?: unknown; kind?: unknown }
  const sites = Object.keys(noises)
  if (typeof at !== 'string' || !isSite(at))
    return `expected \`at\` to be one of ${sites.join(', ')}, received ${shown(at)}.${didYouMean(String(at), sites)}`
  const form = forms.get(`${at} ${kind}`)
  if (form) return form
  const kinds = [...forms.keys()].flatMap(name =>
    name.startsWith(`${at} `) ? name.slice(at.length + 1) : [],
  )
  return `expected \`kind\` to be one of ${kinds.join(', ')} for at: ${at}, received ${shown(kind)}.${didYouMean(String(kind), kinds)}`
}
