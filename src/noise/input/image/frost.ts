import { Random } from '../../../base/index.js'
import { amount } from '../../level.js'
import { defineCorruption, imageNetC, preset } from './define.js'
import { frostTexture, frostTextures } from './frost-texture.js'

const names = ['image', 'frost', 'scale']
const five = (rows: number[][], scale: number) =>
  preset(
    names,
    rows.map(row => [...row, scale]),
  )
const common = [
  [1, 0.4],
  [0.8, 0.6],
  [0.7, 0.7],
  [0.65, 0.7],
  [0.6, 0.75],
]

/** image x + frost texture, a random crop of one of five textures, in bytes. */
export const frost = defineCorruption({
  kind: 'frost',
  what: 'Lays ice crystals over the image.',
  unit: 'weights of the image and of the ice',
  levels: {
    image: amount('weight of the image', 'factor', 1),
    frost: amount('weight of the ice', 'factor', 0.4),
    scale: { what: 'size of the texture', unit: 'factor', range: [0.05, 1], default: 1 },
  },
  identity: { image: 1, frost: 0 },
  paper: imageNetC,
  caveat:
    'The ice is drawn by Temper, not cut from the published photographs: do not compare with published frost figures.',
  presets: {
    'imagenet-c/224': five(common, 1),
    'imagenet-c/299': five(common, 1),
    'tiny-imagenet-c': five(
      [
        [1, 0.3],
        [0.9, 0.4],
        [0.8, 0.45],
        [0.75, 0.5],
        [0.7, 0.55],
      ],
      0.3,
    ),
    'cifar-c': five(
      [
        [1, 0.2],
        [1, 0.3],
        [0.9, 0.4],
        [0.85, 0.4],
        [0.75, 0.45],
      ],
      0.2,
    ),
  },
  corrupt(picture, level, key) {
    const random = new Random(key)
    const { side, planes } = frostTexture(random.below(frostTextures), level.scale)
    const [top, left] = [random.below(side), random.below(side)]
    const { width } = picture
    picture.planes.forEach((plane, c) => {
      const ice = planes[c % 3]
      for (let i = 0, y = 0; i < plane.length; y++) {
        const row = ((top + y) % side) * side
        for (let x = left, end = i + width; i < end; i++) {
          plane[i] = level.image * plane[i] * 255 + level.frost * ice[row + x]
          if (++x === side) x = 0
        }
      }
    })
    return picture
  },
})
