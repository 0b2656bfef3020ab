import { fold, type Key } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import { amount, share } from '../../level.js'
import type { Level } from '../../types.js'
import { gaussianBlur } from './blur.js'
import { defineCorruption, imageNetC, mnistC, preset } from './define.js'
import { mapPlanes, type Picture, toByteRange } from './picture.js'

const names = ['sigma', 'distance', 'passes']
const five = (rows: number[][]) => preset(names, rows)
const quirks = (rows: number[][]) => rows.map(row => [...row, 0.5, 1])
const common = [
  [0.7, 1, 2],
  [0.9, 2, 1],
  [1, 2, 3],
  [1.1, 3, 2],
  [1.5, 4, 2],
]

/** Blur, bytes, local moves of pixels from the far corner on, blur. */
export const glassBlur = defineCorruption({
  kind: 'glass_blur',
  what: 'Blurs the image and moves its pixels a little, as frosted glass does.',
  unit: 'standard deviation of the blur, reach and passes of the moves',
  levels: {
    sigma: amount('standard deviation of the blur', 'pixels', 0.7),
    distance: { what: 'reach of a move', unit: 'pixels', range: [0, 100], default: 1, whole: true },
    passes: { what: 'passes of moves', unit: 'passes', range: [0, 100], default: 2, whole: true },
    chance: share('probability of each move', 1),
    vertical: {
      what: '1 blurs down the columns only, as the code of MNIST-C does on its grey images',
      unit: '0 or 1',
      range: [0, 1],
      default: 0,
      whole: true,
    },
  },
  identity: { sigma: 0, distance: 0, passes: 0 },
  paper: `${imageNetC}; ${mnistC}`,
  presets: {
    'imagenet-c/224': five(common),
    'imagenet-c/299': five([
      [0.8, 1, 3],
      [1, 3, 1],
      [1.1, 2, 4],
      [1.2, 4, 2],
      [1.6, 5, 2],
    ]),
    'tiny-imagenet-c': five([
      [0.1, 1, 1],
      [0.5, 1, 1],
      [0.6, 1, 2],
      [0.7, 2, 1],
      [0.9, 2, 2],
    ]),
    'cifar-c': five([
      [0.05, 1, 1],
      [0.25, 1, 1],
      [0.4, 1, 1],
      [0.25, 1, 2],
      [0.4, 1, 2],
    ]),
    'mnist-c': preset([...names, 'chance', 'vertical'], quirks(common), 1),
  },
  corrupt(picture, level, key) {
    const { height, width } = picture
    const options = { vertical: level.vertical === 1 }
    const blur = (plane: Float64Array) => gaussianBlur(plane, height, width, level.sigma, options)
    const bytes = mapPlanes(picture, plane => blur(plane).map(value => Math.floor(value * 255)))
    for (let pass = 0; pass < level.passes; pass++) movePixels(bytes, level, fold(key, pass))
    return toByteRange(mapPlanes(bytes, plane => blur(plane.map(value => value / 255))))
  },
})

/**
 * Moves of up to `distance` pixels up or left, or one less down or right. In colour the published
 * swap copies (both sides are views of one array); in grey it swaps.
 */
function movePixels({ height, width, planes }: Picture, level: Level, key: Key): void {
  const { distance, chance } = level
  const draws = new Uint32Array(height * width * 3)
  sharedKernels().words(draws, key)
  const offset = (word: number) => Math.floor((word / 2 ** 32) * 2 * distance) - distance
  let draw = 0
  for (let y = height - distance; y > distance; y--)
    for (let x = width - distance; x > distance; x--) {
      const moves = draws[draw++] < chance * 2 ** 32
      const dx = draws[draw++]
      const dy = draws[draw++]
      if (!moves) continue
      const to = y * width + x
      const from = (y + offset(dy)) * width + x + offset(dx)
      for (const plane of planes) {
        const kept = plane[to]
        plane[to] = plane[from]
        if (planes.length === 1) plane[from] = kept
      }
    }
}
