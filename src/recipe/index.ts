export type { NoiseEntry } from './noise.js'
export { type Plan, planHash, planSchema } from './plan.js'
export { type Preset, type PresetFill, type PresetName, presetRecipe, presets } from './presets.js'
export { applyOverrides, checkRecipe, parseRecipe, readRecipe, readRecipeData } from './read.js'
export { type Resolved, type ResolveOptions, resolveRecipe } from './resolve.js'
export { openSets } from './resolve-data.js'
export { activationRequest, type ResolvedNoise } from './resolve-noise.js'
export { type Recipe, type RecipeInput, recipeSchema } from './schema.js'
export {
  type Assignment,
  type ChoiceDomain,
  checkSpace,
  type Domain,
  fillRecipe,
  isActive,
  type Parameter,
  type RangeDomain,
  readSpace,
  resolveSpace,
  type SearchSpace,
  type SearchValue,
} from './search/index.js'
