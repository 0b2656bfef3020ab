import { InternalError } from '../../base/index.js'
import { checkRecipe } from '../read.js'
import type { Recipe } from '../schema.js'
import { noiseNames } from './names.js'
import {
  type Assignment,
  type Domain,
  labelled,
  leftOut,
  type Parameter,
  replaceSearches,
  type SearchSpace,
  type SearchValue,
  type Visitor,
} from './space.js'

/** Whether a parameter exists at a point of the space. */
export function isActive({ when }: Parameter, point: Assignment): boolean {
  return !when || point[when.parameter] === when.is
}

/** The recipe of one point of the space, searches replaced by their values. */
export function fillRecipe({ recipe }: SearchSpace, point: Assignment): unknown {
  const nameOf = noiseNames(recipe)
  const chosenFor = (name: string | undefined, path: readonly (string | number)[]): SearchValue => {
    const value = point[name ?? nameOf(path)]
    if (value === undefined)
      throw new InternalError(`a point without ${name ?? nameOf(path)} was to fill a recipe`)
    return value
  }
  const visitor: Visitor = {
    range: (form, path) => chosenFor(form.name, path),
    choice: (form, path) =>
      replaceSearches(labelled(form).get(chosenFor(form.name, path)), visitor, path),
    onOff: (form, path) =>
      chosenFor(form.name, path) === true ? replaceSearches(form.onOff, visitor, path) : leftOut,
  }
  return replaceSearches(recipe, visitor)
}

/**
 * Checks the recipes at the ends of every parameter, so that no trial is refused for its values.
 * Throws UsageError naming the point. Returns the checked recipes, the first at the middle.
 */
export function checkSpace(space: SearchSpace): Recipe[] {
  return corners(space).map(point => {
    const recipe = fillRecipe(space, point)
    return checkRecipe(recipe, `recipe (with ${wordsOf(point)})`)
  })
}

/** The middle of the space, then points with one parameter at an end (or at each choice). */
export function corners(space: SearchSpace): Assignment[] {
  const points = [completed(space, {})]
  for (const parameter of space.parameters)
    for (const value of endsOf(parameter.domain))
      points.push(completed(space, { ...reach(space, parameter), [parameter.name]: value }))
  return points
}

/** The choices that make a parameter exist. */
function reach(space: SearchSpace, { when }: Parameter): Assignment {
  if (!when) return {}
  const parent = space.parameters.find(p => p.name === when.parameter) as Parameter
  return { ...reach(space, parent), [when.parameter]: when.is }
}

function completed(space: SearchSpace, given: Assignment): Assignment {
  const point: Record<string, SearchValue> = {}
  for (const parameter of space.parameters)
    if (isActive(parameter, point))
      point[parameter.name] = given[parameter.name] ?? middleOf(parameter.domain)
  return point
}

function middleOf(domain: Domain): SearchValue {
  if (domain.kind === 'choice') return domain.values.at(-1) as SearchValue
  const { from, to, log, step } = domain
  const middle = log ? Math.sqrt(from * to) : (from + to) / 2
  return step === undefined ? middle : from + Math.round((middle - from) / step) * step
}

const endsOf = (domain: Domain): readonly SearchValue[] =>
  domain.kind === 'choice' ? domain.values : [domain.from, domain.to]

const wordsOf = (point: Assignment): string =>
  Object.entries(point)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ') || 'nothing searched'
