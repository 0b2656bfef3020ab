import { defineCorruption, imageNetC, preset } from './define.js'
import { toByteRange } from './picture.js'

const five = (rows: number[]) => preset(['factor'], rows)

/** (x - mean) factor + mean, the mean of each channel. */
export const contrast = defineCorruption({
  kind: 'contrast',
  what: 'Brings every channel closer to its mean.',
  unit: 'factor about the mean of the channel; lower is stronger',
  levels: {
    factor: { what: 'what is left of the contrast', unit: 'factor', range: [0, 10], default: 0.4 },
  },
  identity: { factor: 1 },
  deterministic: true,
  paper: imageNetC,
  presets: {
    'imagenet-c/224': five([0.4, 0.3, 0.2, 0.1, 0.05]),
    'imagenet-c/299': five([0.4, 0.3, 0.2, 0.1, 0.05]),
    'tiny-imagenet-c': five([0.4, 0.3, 0.2, 0.1, 0.05]),
    'cifar-c': five([0.75, 0.5, 0.4, 0.3, 0.15]),
  },
  corrupt(picture, { factor }) {
    for (const plane of picture.planes) {
      let sum = 0
      for (let i = 0; i < plane.length; i++) sum += plane[i]
      const mean = sum / plane.length
      for (let i = 0; i < plane.length; i++) plane[i] = (plane[i] - mean) * factor + mean
    }
    return toByteRange(picture)
  },
})
