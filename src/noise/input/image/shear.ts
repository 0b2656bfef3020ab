import { exactCos, exactSin, Random } from '../../../base/index.js'
import { amount } from '../../level.js'
import { defineCorruption, mnistC, preset } from './define.js'
import { toByteRange } from './picture.js'
import { aboutCentre, warped } from './warp.js'

/** Read at (x - sin(a) y, cos(a) y) about the middle: the shear of scikit-image at the suite's time. */
export const shear = defineCorruption({
  kind: 'shear',
  what: 'Slants the image, left or right.',
  unit: 'angle in radians',
  levels: { angle: amount('angle, its sign drawn', 'radians', 0.4) },
  identity: { angle: 0 },
  paper: mnistC,
  presets: { 'mnist-c': preset(['angle'], [0.2, 0.4, 0.6, 0.8, 1], 2) },
  corrupt(picture, { angle }, key) {
    const { height, width } = picture
    const slant = new Random(key).below(2) ? angle : -angle
    const map = aboutCentre([1, -exactSin(slant), 0, exactCos(slant)], height, width)
    return toByteRange(warped(picture, map, 'zero'))
  },
})
