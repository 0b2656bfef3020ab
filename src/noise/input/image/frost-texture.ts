import { keyOf } from '../../../base/index.js'
import { plasma } from './plasma.js'

export interface Texture {
  readonly side: number
  /** Red, green and blue, 0 to 255, on a torus. */
  readonly planes: readonly Float64Array[]
}

/** Textures to draw from, as many as the published code uses. */
export const frostTextures = 5

const fullSide = 512
const made = new Map<string, Texture>()

/**
 * Ice of our own making, from cloud maps: needles along contour lines, rime between them. `scale` shrinks it by averaging, as the suites for small images shrink their photographs.
 */
export function frostTexture(index: number, scale: number): Texture {
  const name = `${index}/${scale}`
  const kept = made.get(name)
  if (kept) return kept
  const ice = Math.abs(scale - 1) < 1e-9 ? fullIce(index) : shrink(frostTexture(index, 1), scale)
  made.set(name, ice)
  return ice
}

function fullIce(index: number): Texture {
  const map = (layer: number, decay: number) =>
    plasma(fullSide, decay, keyOf(0, 'frost texture', index, layer))
  const [coarse, fine, rime, cover] = [map(0, 1.7), map(1, 1.45), map(2, 1.2), map(3, 2)]
  // Contour lines of rough maps run like the needles of ice flowers; a smooth map says where they grow.
  const needles = (value: number, count: number) => {
    const phase = (value * count) % 1
    return Math.max(0, 1 - 4 * Math.min(phase, 1 - phase))
  }
  const ice = coarse.map((value, i) => {
    const grown = Math.min(1, Math.max(0, 3 * cover[i] - 0.75))
    const crystals = Math.max(needles(value, 9), 0.7 * needles(fine[i], 6))
    return Math.min(1, 0.1 + 0.4 * rime[i] + grown * (0.15 + 0.4 * crystals))
  })
  const tint = [0.88, 0.95, 1]
  return { side: fullSide, planes: tint.map(t => ice.map(value => 255 * t * value)) }
}

function shrink({ side, planes }: Texture, scale: number): Texture {
  const small = Math.max(1, Math.round(side * scale))
  const edge = (i: number) => Math.floor((i * side) / small)
  const average = (plane: Float64Array) =>
    Float64Array.from({ length: small * small }, (_, i) => {
      const [y, x] = [Math.floor(i / small), i % small]
      let [sum, count] = [0, 0]
      for (let sy = edge(y); sy < Math.max(edge(y) + 1, edge(y + 1)); sy++)
        for (let sx = edge(x); sx < Math.max(edge(x) + 1, edge(x + 1)); sx++) {
          sum += plane[sy * side + sx]
          count++
        }
      return sum / count
    })
  return { side: small, planes: planes.map(average) }
}
