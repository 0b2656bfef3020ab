import { z } from 'zod'
import { recipeSchema } from './schema.js'

/** The recipe as JSON Schema (draft 2020-12), for editors; made from the same table that checks it. */
export function recipeJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(recipeSchema, { io: 'input', unrepresentable: 'any' })
  return { ...schema, title: 'Temper recipe' }
}
