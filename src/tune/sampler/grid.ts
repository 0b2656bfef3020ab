import {
  type Assignment,
  type Domain,
  isActive,
  type Parameter,
  type SearchSpace,
  type SearchValue,
} from '../../recipe/index.js'
import type { Sampler } from './types.js'
import { fromUnit } from './unit.js'

/** Values a range without steps is cut into. */
export const gridPoints = 4

/** Every combination, one after another, the last parameter fastest; nothing when all were had. */
export const grid: Sampler = ({ space, index }) => {
  let left = index
  for (const point of combinations(space, 0, {})) if (left-- === 0) return point
  return undefined
}

/** How many combinations there are, counted no further than `most`. */
export function gridSize(space: SearchSpace, most: number): number {
  let count = 0
  for (const _ of combinations(space, 0, {})) if (++count === most) break
  return count
}

function* combinations(space: SearchSpace, from: number, point: Assignment): Generator<Assignment> {
  const parameter: Parameter | undefined = space.parameters[from]
  if (!parameter) yield point
  else if (!isActive(parameter, point)) yield* combinations(space, from + 1, point)
  else
    for (const value of valuesOf(parameter.domain))
      yield* combinations(space, from + 1, { ...point, [parameter.name]: value })
}

/** Choices and steps as they are; other ranges in equal parts of their scale, ends included. */
function valuesOf(domain: Domain): readonly SearchValue[] {
  if (domain.kind === 'choice') return domain.values
  const { from, to, step } = domain
  const steps = step === undefined ? Number.POSITIVE_INFINITY : Math.round((to - from) / step)
  if (steps < gridPoints)
    return Array.from({ length: steps + 1 }, (_, i) => Number((from + i * step!).toPrecision(12)))
  const values = Array.from({ length: gridPoints }, (_, i) =>
    fromUnit(domain, i / (gridPoints - 1)),
  )
  return [...new Set(values)]
}
