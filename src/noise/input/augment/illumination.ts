import { exactCos, exactSin, Random } from '../../../base/index.js'
import { share } from '../../level.js'
import { mapPlanes } from '../image/picture.js'
import { defineImage } from './define.js'

/** x (1 + strength r), r rising evenly from -1 at one corner to 1 at the other, seen along a random direction. */
export const illumination = defineImage({
  kind: 'illumination',
  what: 'Lights the image unevenly: darker on one side, brighter on the other.',
  unit: 'share of the light more and less at the ends',
  levels: { strength: share('light more and less at the ends', 0.3) },
  identity: { strength: 0 },
  paper: 'Albumentations Illumination (linear)',
  change(picture, { strength }, key) {
    const { height, width } = picture
    const turn = 2 * Math.PI * new Random(key).float()
    const [across, down] = [exactCos(turn), exactSin(turn)]
    const most = Math.abs(across) + Math.abs(down)
    const ramp = (x: number, y: number) =>
      (across * middle(x, width) + down * middle(y, height)) / most
    return mapPlanes(picture, plane =>
      plane.map((value, i) => value * (1 + strength * ramp(i % width, Math.floor(i / width)))),
    )
  },
})

/** The middle of a pixel, from -1 to 1 along its side. */
const middle = (pixel: number, side: number) => (2 * pixel + 1) / side - 1
