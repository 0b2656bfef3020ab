import { amount } from '../../level.js'
import { changeHsv } from './change-hsv.js'
import { defineCorruption, imageNetC, mnistC, preset } from './define.js'
import { clamp } from './picture.js'

const five = (rows: number[], published?: number) => preset(['shift'], rows, published)

/** HSV value + shift. */
export const brightness = defineCorruption({
  kind: 'brightness',
  what: 'Brightens the image.',
  unit: 'added to the HSV value, of [0,1]',
  levels: { shift: { ...amount('added to the value', 'value in [0,1]', 0.1), range: [-1, 1] } },
  identity: { shift: 0 },
  deterministic: true,
  paper: `${imageNetC}; ${mnistC}`,
  presets: {
    'imagenet-c/224': five([0.1, 0.2, 0.3, 0.4, 0.5]),
    'imagenet-c/299': five([0.1, 0.2, 0.3, 0.4, 0.5]),
    'tiny-imagenet-c': five([0.1, 0.2, 0.3, 0.4, 0.5]),
    'cifar-c': five([0.05, 0.1, 0.15, 0.2, 0.3]),
    'mnist-c': five([0.1, 0.2, 0.3, 0.4, 0.5], 5),
  },
  corrupt: (picture, { shift }) => changeHsv(picture, (h, s, v) => [h, s, clamp(v + shift)]),
})
