import { Random } from '../../../base/index.js'
import { amount, share } from '../../level.js'
import { mapPlanes, type Picture } from '../image/picture.js'
import { defineImage } from './define.js'

/**
 * A sun in the upper half and its ghosts: x + a (1 - x) with a = min(1, glow + ghosts),
 *   glow = strength / (1 + (d / size)^2)^2 at the distance d from the sun,
 *   each ghost adds strength / 8 within its disk, on the line from the sun through the middle of the image.
 */
export const sunFlare = defineImage({
  kind: 'sun_flare',
  what: 'Lays the glare of a sun in the picture over it, and its reflections in the lens.',
  unit: 'share of white at the sun',
  levels: {
    strength: share('share of white at the sun', 0.8),
    size: amount(
      'radius at which a quarter of the glow is left, over the smaller side',
      'share',
      0.3,
    ),
    ghosts: {
      what: 'reflections in the lens',
      unit: 'disks',
      range: [0, 20],
      default: 4,
      whole: true,
    },
  },
  identity: { strength: 0 },
  paper:
    'Albumentations RandomSunFlare; Hullin et al. 2011, Physically-based real-time lens flare rendering',
  scale: (level, gain) => ({ ...level, strength: Math.min(1, level.strength * gain) }),
  change(picture, { strength, size, ghosts }, key) {
    const { height, width } = picture
    const random = new Random(key)
    const sun = { x: random.float() * width, y: (random.float() * height) / 2 }
    const side = Math.min(height, width)
    const veil = new Float64Array(height * width)
    add(veil, width, sun, distance => strength / (1 + (distance / (size * side)) ** 2) ** 2)
    for (let n = 0; n < ghosts; n++) {
      // 1 is the middle of the image, 2 the sun's mirror image.
      const along = 0.4 + 1.6 * random.float()
      const place = {
        x: sun.x + along * (width / 2 - sun.x),
        y: sun.y + along * (height / 2 - sun.y),
      }
      const radius = side * (0.02 + 0.1 * random.float())
      add(veil, width, place, distance => (distance <= radius ? strength / 8 : 0))
    }
    return towardsWhite(picture, veil)
  },
})

/** Adds a function of the distance from a place to every pixel. */
function add(
  veil: Float64Array,
  width: number,
  { x, y }: { readonly x: number; readonly y: number },
  value: (distance: number) => number,
): void {
  for (let i = 0; i < veil.length; i++) {
    const [across, down] = [(i % width) + 0.5 - x, Math.floor(i / width) + 0.5 - y]
    veil[i] += value(Math.sqrt(across * across + down * down))
  }
}

function towardsWhite(picture: Picture, veil: Float64Array): Picture {
  return mapPlanes(picture, plane =>
    plane.map((value, i) => value + Math.min(1, veil[i]) * (1 - value)),
  )
}
