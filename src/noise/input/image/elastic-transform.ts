import { fold, type Key, Random } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import { amount } from '../../level.js'
import { gaussianBlur } from './blur.js'
import { defineCorruption, imageNetC, preset } from './define.js'
import { mapPlanes, toByteRange } from './picture.js'
import { type Affine, affineThrough, invertAffine, rasterPlaces, resample } from './warp.js'

const names = ['alpha', 'sigma', 'jitter', 'size']
const five = (rows: number[][], size: number) =>
  preset(
    names,
    rows.map(row => [...row, size]),
  )
const large = [
  [2, 0.7, 0.1],
  [2, 0.08, 0.2],
  [0.05, 0.01, 0.02],
  [0.07, 0.01, 0.02],
  [0.12, 0.01, 0.02],
]

/** A random affine map by three jittered points, then a smoothed random displacement of each pixel. */
export const elasticTransform = defineCorruption({
  kind: 'elastic_transform',
  what: 'Stretches the image like rubber.',
  unit: 'displacement, smoothness and jitter, in shares of a reference size',
  levels: {
    alpha: amount('displacement before smoothing', 'share of the size', 2),
    sigma: amount('standard deviation of the smoothing', 'share of the size', 0.7),
    jitter: amount('largest move of the three points of the affine map', 'share of the size', 0.1),
    size: {
      what: 'the reference size (244 at 224 pixels, a slip kept by the suite)',
      unit: 'pixels',
      range: [1, 1e4],
      default: 244,
    },
  },
  identity: { alpha: 0, jitter: 0 },
  paper: `Simard et al. 2003; ${imageNetC}`,
  presets: {
    'imagenet-c/224': five(large, 244),
    'imagenet-c/299': five(large, 360),
    'tiny-imagenet-c': five(
      [
        [0, 0, 0.08],
        [0.05, 0.3, 0.06],
        [0.1, 0.08, 0.06],
        [0.1, 0.03, 0.03],
        [0.16, 0.03, 0.02],
      ],
      64,
    ),
    'cifar-c': five(
      [
        [0, 0, 0.08],
        [0.05, 0.2, 0.07],
        [0.08, 0.06, 0.06],
        [0.1, 0.04, 0.05],
        [0.1, 0.03, 0.03],
      ],
      32,
    ),
  },
  corrupt(picture, { alpha, sigma, jitter, size }, key) {
    const { height, width } = picture
    const map = invertAffine(jitteredMap(height, width, jitter * size, fold(key, 0)))
    const field = (n: number) =>
      displacement(height, width, sigma * size, alpha * size, fold(key, n))
    const [dx, dy] = [field(1), field(2)]
    const jittered = rasterPlaces(height, width, map)
    const displaced = { rows: dy, columns: dx }
    for (let y = 0, i = 0; y < height; y++)
      for (let x = 0; x < width; x++, i++) {
        dy[i] += y
        dx[i] += x
      }
    return toByteRange(
      mapPlanes(picture, plane => {
        const moved = resample(plane, height, width, jittered, 'mirror')
        return resample(moved, height, width, displaced, 'reflect')
      }),
    )
  },
})

/** Three points about the middle, a third of the smaller side away, each moved by U(-reach, reach). */
function jitteredMap(height: number, width: number, reach: number, key: Key): Affine {
  const random = new Random(key)
  const [cx, cy] = [Math.floor(height / 2), Math.floor(width / 2)]
  const third = Math.floor(Math.min(height, width) / 3)
  const from: [number, number][] = [
    [cx + third, cy + third],
    [cx + third, cy - third],
    [cx - third, cy - third],
  ]
  const moved = () => (2 * random.float() - 1) * reach
  return affineThrough(
    from,
    from.map(([x, y]) => [x + moved(), y + moved()] as const),
  )
}

function displacement(
  height: number,
  width: number,
  sigma: number,
  alpha: number,
  key: Key,
): Float64Array {
  const draws = new Float32Array(height * width)
  sharedKernels().uniform(draws, draws, { halfWidth: 1 }, key)
  const options = { border: 'reflect', truncate: 3 } as const
  const field = gaussianBlur(new Float64Array(draws), height, width, sigma, options)
  for (let i = 0; i < field.length; i++) field[i] *= alpha
  return field
}
