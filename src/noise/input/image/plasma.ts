import { fold, type Key } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import type { LevelField } from '../../types.js'

/** How the map is smoothed. */
export const plasmaDecay: LevelField = {
  what: 'roughness is divided by this at each finer scale',
  unit: 'factor',
  range: [1, 10],
  default: 2,
}

/**
 * A cloud map by diamond-square on a torus, `[side, side]` (a power of two), from 0 to 1: each point is a quarter of
 * the sum of four neighbours plus w U(-w, w), with w starting at 100 and divided by `decay` a scale.
 */
export function plasma(side: number, decay: number, key: Key): Float64Array {
  return plasmaFrom(side, decay, (count, scale) => {
    const draws = new Float32Array(count)
    sharedKernels().uniform(draws, draws, { halfWidth: 1 }, fold(key, scale))
    return draws
  })
}

/** The same from given draws of U(-1, 1): those of the squares, the upper and the left diamonds. */
export function plasmaFrom(
  side: number,
  decay: number,
  drawsOf: (count: number, scale: number) => ArrayLike<number>,
): Float64Array {
  const map = new Float64Array(side * side)
  let wibble = 100
  for (let step = side, scale = 0; step >= 2; step /= 2, scale++) {
    const draws = drawsOf(3 * (side / step) ** 2, scale)
    refine(map, side, step, wibble * wibble, draws)
    wibble /= decay
  }
  const low = map.reduce((a, b) => Math.min(a, b))
  const high = map.reduce((a, b) => Math.max(a, b))
  return map.map(value => (value - low) / (high - low))
}

/** One scale: the centres of the squares, then the middles of their upper and left sides. */
function refine(
  map: Float64Array,
  side: number,
  step: number,
  size: number,
  draws: ArrayLike<number>,
): void {
  const half = step / 2
  const mask = side - 1
  const count = (side / step) ** 2
  let cell = 0
  for (let y = 0; y < side; y += step) {
    const [row, below, centre] = [y, (y + step) & mask, y + half].map(r => r * side)
    for (let x = 0; x < side; x += step, cell++) {
      const right = (x + step) & mask
      const sum = map[row + x] + map[below + x] + map[row + right] + map[below + right]
      map[centre + x + half] = sum / 4 + size * draws[cell]
    }
  }
  cell = 0
  for (let y = 0; y < side; y += step) {
    const [row, below, centre, above] = [y, y + step, y + half, y - half].map(
      r => (r & mask) * side,
    )
    for (let x = 0; x < side; x += step, cell++) {
      const corner = map[row + x]
      const middle = map[centre + x + half]
      const upper = middle + map[above + x + half] + corner + map[row + ((x + step) & mask)]
      const left = middle + map[centre + ((x - half) & mask)] + corner + map[below + x]
      map[row + x + half] = upper / 4 + size * draws[count + cell]
      map[centre + x] = left / 4 + size * draws[2 * count + cell]
    }
  }
}
