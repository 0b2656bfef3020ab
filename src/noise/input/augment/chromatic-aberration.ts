import { UsageError } from '../../../base/index.js'
import { mapPlanes } from '../image/picture.js'
import { type Affine, aboutCentre, affinePlaces, resample } from '../image/warp.js'
import { defineImage } from './define.js'

const change = (colour: string, value: number) => ({
  what: `change of the size of the ${colour} channel; negative is smaller`,
  unit: 'share of the size',
  range: [-0.5, 0.5] as const,
  default: value,
})

/** Red and blue enlarged by 1 + their level about the middle, bilinear, edges repeated; green stays. */
export const chromaticAberration = defineImage({
  kind: 'chromatic_aberration',
  what: 'Gives red and blue another size than green, as a simple lens does.',
  unit: 'change of the size of red and of blue',
  levels: { red: change('red', 0.02), blue: change('blue', -0.02) },
  identity: { red: 0, blue: 0 },
  deterministic: true,
  paper:
    'Kang 2007, Automatic removal of chromatic aberration from a single image; Albumentations ChromaticAberration',
  change(picture, { red, blue }) {
    const { height, width, planes } = picture
    if (planes.length < 3)
      throw new UsageError(
        `chromatic_aberration moves red and blue apart: it needs 3 channels, received ${planes.length}. Leave it out for grey images.`,
      )
    const enlarged = (plane: Float64Array, by: number) => {
      const map: Affine = aboutCentre([1 / (1 + by), 0, 0, 1 / (1 + by)], height, width)
      return resample(plane, height, width, affinePlaces(height, width, map), 'nearest')
    }
    return mapPlanes(picture, (plane, c) => {
      const by = c === 0 ? red : c === 2 ? blue : 0
      return by === 0 ? plane : enlarged(plane, by)
    })
  },
})
