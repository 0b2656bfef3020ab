import {
  type Assignment,
  isActive,
  type Parameter,
  type SearchSpace,
  type SearchValue,
} from '../../recipe/index.js'

/** A point, parameter by parameter, parents first: `choose` is asked for those that exist. */
export function drawPoint(
  { parameters }: SearchSpace,
  choose: (parameter: Parameter, dimension: number) => SearchValue,
): Assignment {
  const point: Record<string, SearchValue> = {}
  for (const [dimension, parameter] of parameters.entries())
    if (isActive(parameter, point)) point[parameter.name] = choose(parameter, dimension)
  return point
}
