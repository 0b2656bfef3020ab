import { blendField, defineCorruption, mnistC, preset } from './define.js'
import { mapPlanes } from './picture.js'

/** The outer quarters of the columns inverted. */
export const stripe = defineCorruption({
  kind: 'stripe',
  what: 'Inverts the left and right quarters of the image.',
  unit: 'share of the corrupted image in the result',
  levels: { blend: blendField },
  identity: { blend: 0 },
  deterministic: true,
  paper: mnistC,
  presets: { 'mnist-c': preset(['blend'], [1], 1) },
  corrupt(picture) {
    const { width } = picture
    const quarter = Math.floor(width / 4)
    return mapPlanes(picture, plane =>
      plane.map((value, i) => {
        const column = i % width
        return 255 * (column < quarter || column >= width - quarter ? 1 - value : value)
      }),
    )
  },
})
