import { Random } from '../../../base/index.js'
import { amount } from '../../level.js'
import { defineCorruption, mnistC, preset } from './define.js'
import { toByteRange } from './picture.js'
import { warped } from './warp.js'

/** Moves by so many pixels on each axis, either way, black behind. */
export const translate = defineCorruption({
  kind: 'translate',
  what: 'Moves the image on both axes, each way drawn.',
  unit: 'pixels on each axis',
  levels: { pixels: amount('move on each axis, its signs drawn', 'pixels', 3) },
  identity: { pixels: 0 },
  paper: mnistC,
  presets: { 'mnist-c': preset(['pixels'], [1, 2, 3, 4, 5], 3) },
  corrupt(picture, { pixels }, key) {
    const random = new Random(key)
    const move = () => (random.below(2) ? pixels : -pixels)
    const [dx, dy] = [move(), move()]
    return toByteRange(warped(picture, [1, 0, dx, 0, 1, dy], 'zero'))
  },
})
