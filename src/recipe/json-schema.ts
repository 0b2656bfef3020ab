import { z } from 'zod'
import { recipeSchema } from './schema.js'
import { searchForm } from './search/form.js'

type JsonSchema = Record<string, unknown>
const options = { io: 'input', unrepresentable: 'any' } as const

/**
 * The recipe as JSON Schema (draft 2020-12), for editors; made from the same table that checks it.
 * In place of any value but a `const` it allows `{ search: ... }`, which `temper tune` fills.
 */
export function recipeJsonSchema(): JsonSchema {
  const { $defs, ...schema } = searchable(z.toJSONSchema(recipeSchema, options)) as JsonSchema
  const { $schema: _, ...search } = z.toJSONSchema(searchForm, options) as JsonSchema
  const place = {
    type: 'object',
    properties: { search },
    required: ['search'],
    additionalProperties: false,
    description: 'searched in by temper tune',
  }
  return { ...schema, $defs: { ...($defs as JsonSchema), search: place }, title: 'Temper recipe' }
}

/** A schema whose properties and items may each be a search instead. */
function searchable(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(searchable)
  if (typeof schema !== 'object' || schema === null) return schema
  const fields = Object.entries(schema).map(([key, value]) => {
    if (key === 'properties') return [key, mapValues(value as JsonSchema, orSearch)]
    if (key === 'items') return [key, orSearch(value)]
    if (key === 'prefixItems') return [key, (value as unknown[]).map(orSearch)]
    return [key, searchable(value)]
  })
  return Object.fromEntries(fields)
}

function orSearch(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null || 'const' in schema) return schema
  return { anyOf: [searchable(schema), { $ref: '#/$defs/search' }] }
}

const mapValues = (object: JsonSchema, change: (value: unknown) => unknown): JsonSchema =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
