import { amount } from '../../level.js'
import { defineCorruption, imageNetC, mnistC, preset } from './define.js'
import { clamp, mapPlanes } from './picture.js'
import { plasma, plasmaDecay } from './plasma.js'

const names = ['amount', 'decay', 'map']
const five = (rows: number[][], map: number, published?: number) =>
  preset(
    names,
    rows.map(row => [...row, map]),
    published,
  )
const common = [
  [1.5, 2],
  [2, 2],
  [2.5, 1.7],
  [2.5, 1.5],
  [3, 1.4],
]

/** (x + amount plasma) max / (max + amount), max the largest value of the image. */
export const fog = defineCorruption({
  kind: 'fog',
  what: 'Lays clouds of a diamond-square map over the image.',
  unit: 'amount of fog added before rescaling',
  levels: {
    amount: amount('weight of the map', 'pixel units', 1.5),
    decay: plasmaDecay,
    map: {
      what: 'least side of the map, a power of two',
      unit: 'pixels',
      range: [2, 4096],
      default: 256,
      whole: true,
    },
  },
  identity: { amount: 0 },
  paper: `${imageNetC}; ${mnistC}`,
  scale: (level, gain) => ({ ...level, amount: level.amount * gain }),
  presets: {
    'imagenet-c/224': five(common, 256),
    'imagenet-c/299': five(
      [
        [1.5, 2],
        [2, 2],
        [2.5, 1.8],
        [2.5, 1.6],
        [3, 1.5],
      ],
      512,
    ),
    'tiny-imagenet-c': five(
      [
        [0.4, 3],
        [0.7, 3],
        [1, 2.5],
        [1.5, 2],
        [2, 1.75],
      ],
      64,
    ),
    'cifar-c': five(
      [
        [0.2, 3],
        [0.5, 3],
        [0.75, 2.5],
        [1, 2],
        [1.5, 1.75],
      ],
      32,
    ),
    'mnist-c': five(common, 256, 5),
  },
  corrupt(picture, { amount, decay, map }, key) {
    const { height, width, planes } = picture
    const side = 2 ** Math.ceil(Math.log2(Math.max(height, width, map)))
    const clouds = plasma(side, decay, key)
    const most = planes.reduce((m, plane) => plane.reduce((a, b) => Math.max(a, b), m), 0)
    return mapPlanes(picture, plane =>
      plane.map((value, i) => {
        const cloud = clouds[Math.floor(i / width) * side + (i % width)]
        return clamp(((value + amount * cloud) * most) / (most + amount)) * 255
      }),
    )
  },
})
