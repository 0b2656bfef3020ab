import { share } from '../../level.js'
import { mapPlanes } from '../image/picture.js'
import { plasma, plasmaDecay } from '../image/plasma.js'
import { defineImage } from './define.js'

/** x (1 - strength plasma), a cloud map from 0 to 1 (diamond-square) stretched over the image. */
export const shadow = defineImage({
  kind: 'shadow',
  what: 'Darkens the image by soft, irregular shadows.',
  unit: 'share of the light lost where a shadow is darkest',
  levels: {
    strength: share('light lost where a shadow is darkest', 0.5),
    decay: plasmaDecay,
  },
  identity: { strength: 0 },
  paper: 'Albumentations PlasmaShadow; Fournier et al. 1982 (diamond-square)',
  scale: (level, gain) => ({ ...level, strength: level.strength * gain }),
  change(picture, { strength, decay }, key) {
    const { height, width } = picture
    const side = 2 ** Math.max(1, Math.ceil(Math.log2(Math.max(height, width))))
    const map = plasma(side, decay, key)
    return mapPlanes(picture, plane =>
      plane.map((value, i) => {
        const [row, column] = [Math.floor(i / width), i % width]
        const at = Math.floor((row * side) / height) * side + Math.floor((column * side) / width)
        return value * (1 - strength * map[at])
      }),
    )
  },
})
