/**
 * Functional analysis of variance of a forest (Hutter, Hoos & Leyton-Brown 2014, "An efficient
 * approach for assessing hyperparameter importance").
 */
import { type Box, growForest } from './forest.js'

const trees = 32

/**
 * The share of the variance over the unit cube that each dimension explains by itself, mean over the
 * trees: V_j / V with V_j the variance of the tree's answer averaged over all other dimensions. What is
 * missing to 1 is interaction. Undefined where nothing varies.
 */
export function mainEffects(
  rows: readonly (readonly number[])[],
  values: readonly number[],
  seed: number,
): number[] | undefined {
  const forest = growForest(rows, values, { trees, seed }).filter(tree => variance(tree) > 0)
  if (!forest.length) return undefined
  return rows[0].map((_, dimension) => {
    const shares = forest.map(tree => marginalVariance(tree, dimension) / variance(tree))
    return shares.reduce((a, b) => a + b, 0) / forest.length
  })
}

const volume = ({ low, high }: Box) =>
  low.reduce((product, from, i) => product * (high[i] - from), 1)

const meanOf = (tree: readonly Box[]) => tree.reduce((sum, box) => sum + volume(box) * box.value, 0)

function variance(tree: readonly Box[]): number {
  const mean = meanOf(tree)
  return tree.reduce((sum, box) => sum + volume(box) * (box.value - mean) ** 2, 0)
}

function marginalVariance(tree: readonly Box[], dimension: number): number {
  const mean = meanOf(tree)
  const cuts = [...new Set(tree.map(({ low }) => low[dimension])), 1].sort((a, b) => a - b)
  return cuts.slice(1).reduce((sum, to, i) => {
    const from = cuts[i]
    const across = tree.filter(box => box.low[dimension] <= from && box.high[dimension] >= to)
    const marginal = across.reduce((total, box) => {
      const side = box.high[dimension] - box.low[dimension]
      return total + (volume(box) / side) * box.value
    }, 0)
    return sum + (to - from) * (marginal - mean) ** 2
  }, 0)
}
