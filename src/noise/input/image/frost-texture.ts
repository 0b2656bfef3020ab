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
 * Ice of our own making: crystals are the ridges where two cloud maps cross their middle, rime is a
 * third map. `scale` shrinks it by averaging, as the suites for small images shrink their photographs.
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
  const [coarse, fine, rime] = [map(0, 1.9), map(1, 1.6), map(2, 1.3)]
  const ridge = (value: number) => Math.max(0, 1 - 9 * Math.abs(value - 0.5)) ** 2
  const ice = coarse.map((value, i) => {
    const crystals = Math.max(ridge(value), 0.8 * ridge(fine[i]))
    return Math.min(1, 0.15 + 0.55 * rime[i] + 0.6 * crystals)
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
