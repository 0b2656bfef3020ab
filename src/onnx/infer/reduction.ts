import { each, type InferRule, type InferRules, type Site, sameAsFirst } from './site.js'

/** The axes a reduction runs over, from input 1 (opset 13 and 18 on) or the attribute. */
export function reducedAxes(site: Site): number[] {
  const rank = site.shape(0).length
  const given = site.numbersOr(1, 'axes') ?? []
  if (given.length) return site.axes(given, rank)
  return site.int('noop_with_empty_axes', 0) ? [] : site.shape(0).map((_, axis) => axis)
}

function reducedShape(site: Site, axes: number[]): number[] {
  const kept = site.int('keepdims', 1) !== 0
  return site.shape(0).flatMap((size, axis) => (axes.includes(axis) ? (kept ? [1] : []) : [size]))
}

const reduce: InferRule = site => [
  { dtype: site.dtype(0), shape: reducedShape(site, reducedAxes(site)) },
]

const argument: InferRule = site => {
  const axis = site.axis(site.int('axis', 0), site.shape(0).length)
  return [{ dtype: 'int64', shape: reducedShape(site, [axis]) }]
}

const topK: InferRule = site => {
  const shape = [...site.ranked(0, 1, Infinity)]
  const k = site.numbers(1, 'k')?.[0] ?? site.int('k', 1)
  const axis = site.axis(site.int('axis', -1), shape.length)
  if (k < 0 || k > shape[axis]) site.fail(`k from 0 to ${shape[axis]}`, k)
  shape[axis] = k
  return [
    { dtype: site.dtype(0), shape },
    { dtype: 'int64', shape },
  ]
}

export const reductionRules: InferRules = {
  ...each(
    reduce,
    'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ' +
      'ReduceSum ReduceSumSquare',
  ),
  ...each(argument, 'ArgMax ArgMin'),
  LpNormalization: sameAsFirst,
  TopK: topK,
}
