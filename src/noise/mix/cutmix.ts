import { fold, Random } from '../../base/index.js'
import { amount } from '../level.js'
import type { MixPlan } from '../types.js'
import { beta } from './beta.js'
import { defineMix, pairs, shuffled } from './define.js'

/**
 * A box of 1 - lambda of the area, lambda ~ Beta(alpha, alpha), about a random middle, is taken from the
 * partner; what the edge cuts off goes back to lambda. Waveforms and vectors give up a stretch.
 */
export const cutmix = defineMix({
  kind: 'cutmix',
  what: 'Pastes a random box of a partner over each sample, and mixes their targets by area.',
  unit: 'alpha of Beta(alpha, alpha)',
  levels: { alpha: amount('both parameters of the Beta distribution', 'none', 1) },
  identity: { alpha: 0 },
  paper:
    'Yun et al. 2019, CutMix: regularization strategy to train strong classifiers with localizable features',
  plan: (batch, { alpha }, key, { shape, per = 'batch' }) => {
    const partners = shuffled(batch, fold(key, 0))
    const draws = new Random(fold(key, 1))
    const one = randomBox(shape, beta(alpha, alpha, draws), draws)
    const boxes = Array.from({ length: batch }, () =>
      per === 'batch' ? one : randomBox(shape, beta(alpha, alpha, draws), draws),
    )
    return planOfBoxes(partners, boxes, shape)
  },
})

type Box = [number, number, number, number]

/** The rows and columns that boxes are cut from. */
export function planeOf(shape: readonly number[]): [number, number] {
  return [shape.at(-2) ?? 1, shape.at(-1) ?? 1]
}

function randomBox(shape: readonly number[], lambda: number, draws: Random): Box {
  const [height, width] = planeOf(shape)
  // Only images have two sides to cut; elsewhere the box spans all rows.
  const flat = shape.length < 3
  const side = flat ? 1 - lambda : Math.sqrt(1 - lambda)
  const [top, bottom] = flat ? [0, height] : stretch(height, Math.trunc(height * side), draws)
  const [left, right] = stretch(width, Math.trunc(width * side), draws)
  return [top, left, bottom, right]
}

/** A stretch of a length about a random middle, cut at the ends. */
function stretch(side: number, length: number, draws: Random): [number, number] {
  const middle = draws.below(side)
  const half = Math.floor(length / 2)
  return [Math.max(0, middle - half), Math.min(side, middle + half)]
}

function planOfBoxes(partners: ArrayLike<number>, boxes: Box[], shape: readonly number[]): MixPlan {
  const [height, width] = planeOf(shape)
  const own = ([top, left, bottom, right]: Box) =>
    1 - ((bottom - top) * (right - left)) / (height * width)
  return { ...pairs(partners, i => own(boxes[i])), boxes: Int32Array.from(boxes.flat()) }
}
