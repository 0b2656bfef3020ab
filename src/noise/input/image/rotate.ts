import { exactCos, exactSin, Random } from '../../../base/index.js'
import { amount } from '../../level.js'
import { defineCorruption, mnistC, preset } from './define.js'
import { toByteRange } from './picture.js'
import { aboutCentre, warped } from './warp.js'

/** Rotation about the middle, either way, bilinear, black outside. */
export const rotate = defineCorruption({
  kind: 'rotate',
  what: 'Turns the image by an angle, left or right.',
  unit: 'angle in radians',
  levels: { angle: amount('angle, its sign drawn', 'radians', 0.4) },
  identity: { angle: 0 },
  paper: mnistC,
  presets: { 'mnist-c': preset(['angle'], [0.2, 0.4, 0.6, 0.8, 1], 2) },
  corrupt(picture, { angle }, key) {
    const { height, width } = picture
    const turn = new Random(key).below(2) ? angle : -angle
    const [cos, sin] = [exactCos(turn), exactSin(turn)]
    const map = aboutCentre([cos, -sin, sin, cos], height, width)
    return toByteRange(warped(picture, map, 'zero'))
  },
})
