import { changeHsv } from './change-hsv.js'
import { defineCorruption, imageNetC, preset } from './define.js'
import { clamp } from './picture.js'

const five = (rows: number[][]) => preset(['factor', 'shift'], rows)
const common = [
  [0.3, 0],
  [0.1, 0],
  [2, 0],
  [5, 0.1],
  [20, 0.2],
]

/** HSV saturation times factor plus shift. */
export const saturate = defineCorruption({
  kind: 'saturate',
  what: 'Makes the colours paler or stronger.',
  unit: 'factor and shift of the HSV saturation',
  levels: {
    factor: { what: 'multiplies the saturation', unit: 'factor', range: [0, 100], default: 0.3 },
    shift: {
      what: 'added to the saturation',
      unit: 'saturation in [0,1]',
      range: [-1, 1],
      default: 0,
    },
  },
  identity: { factor: 1, shift: 0 },
  deterministic: true,
  paper: imageNetC,
  presets: {
    'imagenet-c/224': five(common),
    'imagenet-c/299': five(common),
    'tiny-imagenet-c': five([...common.slice(0, 4), [30, 0.2]]),
    'cifar-c': five([
      [0.3, 0],
      [0.1, 0],
      [1.5, 0],
      [2, 0.1],
      [2.5, 0.2],
    ]),
  },
  corrupt: (picture, { factor, shift }) =>
    changeHsv(picture, (h, s, v) => [h, clamp(s * factor + shift), v]),
})
