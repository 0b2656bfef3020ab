import { boxResize } from './box-resize.js'
import { defineCorruption, imageNetC, preset } from './define.js'
import { bytesOf, mapPlanes } from './picture.js'

const five = (rows: number[]) => preset(['factor'], rows)

/** Down to factor times the size and back up, both by the box filter over whole pixels. */
export const pixelate = defineCorruption({
  kind: 'pixelate',
  what: 'Shows the image in coarser pixels.',
  unit: 'size of the smaller image over the size; lower is stronger',
  levels: {
    factor: { what: 'size of the smaller image', unit: 'factor', range: [0.01, 1], default: 0.6 },
  },
  identity: { factor: 1 },
  deterministic: true,
  paper: imageNetC,
  presets: {
    'imagenet-c/224': five([0.6, 0.5, 0.4, 0.3, 0.25]),
    'imagenet-c/299': five([0.5, 0.4, 0.3, 0.25, 0.2]),
    'tiny-imagenet-c': five([0.9, 0.8, 0.7, 0.6, 0.5]),
    'cifar-c': five([0.95, 0.9, 0.85, 0.75, 0.65]),
  },
  corrupt(picture, { factor }) {
    const sides = [picture.height, picture.width] as const
    const small = sides.map(side => Math.max(1, Math.trunc(side * factor)))
    const [height, width] = small
    return mapPlanes(picture, plane => {
      const coarse = boxResize(bytesOf(plane), sides, [height, width])
      return new Float64Array(boxResize(coarse, [height, width], sides))
    })
  },
})
