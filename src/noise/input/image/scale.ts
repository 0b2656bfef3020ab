import { defineCorruption, mnistC, preset } from './define.js'
import { toByteRange } from './picture.js'
import { aboutCentre, warped } from './warp.js'

/** Shrinks to `factor` of the size about the middle, bilinear, black outside. */
export const scale = defineCorruption({
  kind: 'scale',
  what: 'Shrinks the image.',
  unit: 'size of the result over the size; lower is stronger',
  levels: {
    factor: { what: 'size of the result', unit: 'factor', range: [0.05, 1], default: 0.7 },
  },
  identity: { factor: 1 },
  deterministic: true,
  paper: mnistC,
  presets: { 'mnist-c': preset(['factor'], [0.9, 0.8, 0.7, 0.6, 0.5], 3) },
  corrupt(picture, { factor }) {
    const { height, width } = picture
    const map = aboutCentre([1 / factor, 0, 0, 1 / factor], height, width)
    return toByteRange(warped(picture, map, 'zero'))
  },
})
