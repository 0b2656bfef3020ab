import { noisesOf, type Resolved, type ResolveOptions, resolveRecipe } from '../resolve.js'
import type { Recipe } from '../schema.js'
import { checkSpace } from './fill.js'
import type { SearchSpace } from './space.js'

/**
 * Holds the ends of every parameter against data and model: levels out of range, noises of another
 * kind of data, patterns that match nothing are refused before a trial runs. Gives what the middle
 * of the space resolves to. Throws as `resolveRecipe`.
 */
export async function resolveSpace(space: SearchSpace, options: ResolveOptions): Promise<Resolved> {
  const [middle, ...others] = checkSpace(space)
  const first = await resolveRecipe(middle, options)
  for (const recipe of others)
    if (isOfOneModel(recipe, middle)) noisesOf(recipe, first.opened, first.train)
    else await resolveRecipe(recipe, options)
  return first
}

const isOfOneModel = (a: Recipe, b: Recipe) => JSON.stringify(a.model) === JSON.stringify(b.model)
