import { exactCos, exactSin, type Random } from '../../../base/index.js'
import { clamp, mapPlanes, type Picture } from '../image/picture.js'
import { type Affine, aboutCentre, warped } from '../image/warp.js'
import { posterized, solarized } from './colour.js'

/** An operation of AugMix or RandAugment at a magnitude of 0 to 10. */
export type Operation = (picture: Picture, magnitude: number, random: Random) => Picture

/** Black outside, as Pillow fills. */
const moved = (picture: Picture, map: Affine) => warped(picture, map, 'zero')

const signed = (value: number, random: Random) => (random.below(2) ? value : -value)

/** The darkest value becomes 0, the lightest 1. */
const autocontrast: Operation = picture =>
  mapPlanes(picture, plane => {
    const low = plane.reduce((a, b) => Math.min(a, b))
    const high = plane.reduce((a, b) => Math.max(a, b))
    return high > low ? plane.map(value => (value - low) / (high - low)) : plane
  })

/** Every byte as frequent as the others; as Pillow's. */
const equalize: Operation = picture =>
  mapPlanes(picture, plane => {
    const bytes = plane.map(value => Math.round(clamp(value) * 255))
    const counts = new Float64Array(256)
    for (const byte of bytes) counts[byte]++
    const last = counts.reduce((at, count, byte) => (count ? byte : at), 0)
    const step = Math.floor((bytes.length - counts[last]) / 255)
    if (step === 0) return plane
    let sum = Math.floor(step / 2)
    const table = counts.map(count => {
      const value = Math.min(255, Math.floor(sum / step))
      sum += count
      return value
    })
    return bytes.map(byte => table[byte] / 255)
  })

const posterize: Operation = (picture, magnitude) =>
  mapPlanes(picture, plane => posterized(plane, Math.max(1, 4 - Math.floor((magnitude * 4) / 10))))

const solarize: Operation = (picture, magnitude) =>
  mapPlanes(picture, plane => solarized(plane, (256 - Math.floor(magnitude * 25.6)) / 255))

const rotate: Operation = (picture, magnitude, random) => {
  const angle = (signed(Math.floor(magnitude * 3), random) * Math.PI) / 180
  const [cos, sin] = [exactCos(angle), exactSin(angle)]
  return moved(picture, aboutCentre([cos, sin, -sin, cos], picture.height, picture.width))
}

const shearX: Operation = (picture, magnitude, random) =>
  moved(picture, [1, signed(magnitude * 0.03, random), 0, 0, 1, 0])

const shearY: Operation = (picture, magnitude, random) =>
  moved(picture, [1, 0, 0, signed(magnitude * 0.03, random), 1, 0])

const translateX: Operation = (picture, magnitude, random) =>
  moved(picture, [1, 0, signed(Math.floor((magnitude * picture.width) / 30), random), 0, 1, 0])

const translateY: Operation = (picture, magnitude, random) =>
  moved(picture, [1, 0, 0, 0, 1, signed(Math.floor((magnitude * picture.height) / 30), random)])

/** AugMix's operations: none of them is a corruption of ImageNet-C. */
export const augMixOperations: readonly Operation[] = [
  autocontrast,
  equalize,
  posterize,
  rotate,
  solarize,
  shearX,
  shearY,
  translateX,
  translateY,
]
