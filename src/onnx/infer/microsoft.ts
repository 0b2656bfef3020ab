import { matmulShape, swapLast } from './linear.js'
import { each, type InferRule, type InferRules, type Site, sameAsFirst, show } from './site.js'

/** Moves the axis before the matrix to the front-most batch position (transBatchA, transBatchB). */
function unbatched(shape: readonly number[]): number[] {
  const rank = shape.length
  return [...shape.slice(1, rank - 1), shape[0], shape[rank - 1]]
}

function operand(site: Site, index: number, side: 'A' | 'B'): readonly number[] {
  const shape = site.shape(index)
  const batched = site.int(`transBatch${side}`, 0) ? unbatched(shape) : shape
  return site.int(`trans${side}`, 0) && shape.length > 1 ? swapLast(batched) : batched
}

const fusedMatMul: InferRule = site => [
  {
    dtype: site.commonType(),
    shape: matmulShape(site, operand(site, 0, 'A'), operand(site, 1, 'B')),
  },
]

const biasGelu: InferRule = site => {
  const [x, bias] = [site.ranked(0, 1, Infinity), site.shape(1)]
  if (bias.join() !== `${x.at(-1)}`) site.fail(`a bias of shape [${x.at(-1)}]`, show(bias))
  return sameAsFirst(site)
}

/** Output, mean, inverse deviation, and the sum of input, skip and bias. */
const skipLayerNormalization: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const statistic = { dtype: 'float32' as const, shape: [...shape.slice(0, -1), 1] }
  return [{ dtype, shape }, statistic, statistic, { dtype, shape }]
}

export const microsoftRules: InferRules = {
  ...each(sameAsFirst, 'Gelu QuickGelu'),
  ...each(skipLayerNormalization, 'SkipLayerNormalization SkipSimplifiedLayerNormalization'),
  BiasGelu: biasGelu,
  FastGelu: site => (site.has(1) ? biasGelu(site) : sameAsFirst(site)),
  FusedMatMul: fusedMatMul,
  TransposeMatMul: fusedMatMul,
}
