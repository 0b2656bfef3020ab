import { exactCos, exactExp, exactLog, exactSin, Random } from '../../../base/index.js'
import { amount, share } from '../../level.js'
import { mapPlanes } from '../image/picture.js'
import { aboutCentre, placesOf, resample, warped } from '../image/warp.js'
import { defineImage } from './define.js'
import { solveLinear } from './linear.js'

/** Rotation, shear, zoom and move, each drawn evenly up to its bound (zoom even in octaves). */
export const randomAffine = defineImage({
  kind: 'random_affine',
  what: 'Turns, slants, zooms and moves the image at random.',
  unit: 'largest angle, slant, zoom and move',
  levels: {
    degrees: { what: 'largest angle', unit: 'degrees', range: [0, 180], default: 15 },
    shear: { what: 'largest slant', unit: 'degrees', range: [0, 80], default: 5 },
    zoom: {
      what: 'largest factor of the size, up or down',
      unit: 'factor',
      range: [1, 10],
      default: 1.1,
    },
    move: share('largest move over the side', 0.1),
  },
  identity: { degrees: 0, shear: 0, zoom: 1, move: 0 },
  paper: 'Simard et al. 2003; torchvision RandomAffine',
  change(picture, level, key) {
    const { height, width } = picture
    const random = new Random(key)
    const even = (reach: number) => reach * (2 * random.float() - 1)
    const angle = (even(level.degrees) * Math.PI) / 180
    const slant = (even(level.shear) * Math.PI) / 180
    const size = exactExp(even(exactLog(level.zoom)))
    const [cos, sin] = [exactCos(angle) / size, exactSin(angle) / size]
    const tan = exactSin(slant) / exactCos(slant)
    const [a, b, c, d, e, f] = aboutCentre(
      [cos, -sin - tan * cos, sin, cos - tan * sin],
      height,
      width,
    )
    return warped(
      picture,
      [a, b, c + even(level.move * width), d, e, f + even(level.move * height)],
      'mirror',
    )
  },
})

/** Each corner moves towards the inside by up to distortion / 2 of the sides; black is mirrored image. */
export const perspective = defineImage({
  kind: 'perspective',
  what: 'Looks at the image from a random angle.',
  unit: 'largest move of a corner over half the side',
  levels: { distortion: amount('largest move of a corner over half the side', 'share', 0.5) },
  identity: { distortion: 0 },
  paper: 'Torchvision RandomPerspective; homography by four corners (Hartley & Zisserman)',
  change(picture, { distortion }, key) {
    const { height, width } = picture
    const random = new Random(key)
    const corners = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ].map(([right, low]) => {
      const [x, y] = [right * (width - 1), low * (height - 1)]
      const inward = (side: number, far: number) =>
        (far ? -1 : 1) * random.float() * distortion * 0.5 * (side - 1)
      return { from: [x + inward(width, right), y + inward(height, low)], to: [x, y] }
    })
    const [a, b, c, d, e, f, g, h] = homography(corners)
    const place = (y: number, x: number) => {
      const w = g * x + h * y + 1
      return [(d * x + e * y + f) / w, (a * x + b * y + c) / w] as const
    }
    const places = placesOf(height, width, place)
    return mapPlanes(picture, plane => resample(plane, height, width, places, 'mirror'))
  },
})

/** The map that takes each `from` to its `to`: x' = (a x + b y + c) / (g x + h y + 1), and so on. */
function homography(corners: readonly { from: number[]; to: number[] }[]): number[] {
  const rows = corners.flatMap(({ from: [x, y], to: [u, v] }) => [
    [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
    [0, 0, 0, x, y, 1, -v * x, -v * y, v],
  ])
  return solveLinear(rows)
}
