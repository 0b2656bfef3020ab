export { checkSpace, corners, fillRecipe, isActive } from './fill.js'
export {
  type Assignment,
  type ChoiceDomain,
  type Domain,
  type Parameter,
  type RangeDomain,
  readSpace,
  type SearchSpace,
  type SearchValue,
} from './space.js'
export { resolveSpace } from './unfit.js'
