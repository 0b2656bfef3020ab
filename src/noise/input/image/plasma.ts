import { fold, type Key } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'

/**
 * A cloud map by diamond-square on a torus, `[side, side]`, from 0 to 1: each point is a quarter of
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
    const size = wibble * wibble
    refine(map, side, step, i => size * draws[i])
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
  wobble: (i: number) => number,
): void {
  const half = step / 2
  const cells = side / step
  const at = (y: number, x: number) => ((y + side) % side) * side + ((x + side) % side)
  const cell = (i: number) => [Math.floor(i / cells) * step, (i % cells) * step]
  const count = cells * cells
  for (let i = 0; i < count; i++) {
    const [y, x] = cell(i)
    const sum =
      map[at(y, x)] + map[at(y + step, x)] + map[at(y, x + step)] + map[at(y + step, x + step)]
    map[at(y + half, x + half)] = sum / 4 + wobble(i)
  }
  for (let i = 0; i < count; i++) {
    const [y, x] = cell(i)
    const centre = map[at(y + half, x + half)]
    const corner = map[at(y, x)]
    const upper = centre + map[at(y - half, x + half)] + corner + map[at(y, x + step)]
    const left = centre + map[at(y + half, x - half)] + corner + map[at(y + step, x)]
    map[at(y, x + half)] = upper / 4 + wobble(count + i)
    map[at(y + half, x)] = left / 4 + wobble(2 * count + i)
  }
}
