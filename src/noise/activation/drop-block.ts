import { sharedKernels } from '../../kernels/index.js'
import { share } from '../level.js'
import { defineActivation } from './define.js'

/**
 * Squares of side `block` are dropped: centres are drawn, where a whole square fits, with probability
 * gamma = rate / block^2  h w / ((h - block + 1) (w - block + 1)), and what is left is scaled by all / kept.
 */
export const dropBlock = defineActivation({
  kind: 'drop_block',
  what: 'Drops squares of every channel and makes up for it in the rest.',
  unit: 'share dropped',
  levels: {
    rate: { ...share('share of each channel dropped', 0.1), range: [0, 0.999] },
    block: { what: 'side of a square', unit: 'pixels', range: [1, 64], default: 3, whole: true },
  },
  identity: { rate: 0 },
  uses: ['scale'],
  paper: 'Ghiasi et al. 2018, DropBlock: a regularization method for convolutional networks',
  fill({ scale, shape }, { rate, block }, key) {
    const [height, width] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1]
    const side = Math.min(block, height, width)
    const [rows, columns] = [height - side + 1, width - side + 1]
    const gamma = Math.min(1, ((rate / side ** 2) * height * width) / (rows * columns))
    const planes = scale!.length / (height * width)
    const corners = new Float32Array(planes * rows * columns)
    const level = { lowShare: 0, highShare: gamma, low: 0, high: 1 }
    sharedKernels().replace(corners, corners, level, key)
    for (let i = 0; i < corners.length; i++) {
      if (!corners[i]) continue
      const plane = Math.floor(i / (rows * columns))
      const row = plane * height + Math.floor((i % (rows * columns)) / columns)
      for (let y = 0; y < side; y++) {
        const from = (row + y) * width + (i % columns)
        scale!.fill(0, from, from + side)
      }
    }
    const kept = scale!.reduce((sum, value) => sum + value, 0)
    if (kept > 0) sharedKernels().scaleAdd(scale!, scale!, scale!.length / kept, 0)
  },
})
