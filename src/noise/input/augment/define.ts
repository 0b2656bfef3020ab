import type { Key } from '../../../base/index.js'
import { clipInPlace } from '../../context.js'
import type { Card, InputContext, InputNoise, Level } from '../../types.js'
import { defineInput } from '../define.js'
import { type Picture, readPicture } from '../image/picture.js'

interface Parts
  extends Omit<InputNoise, 'at' | 'scale' | 'presets' | 'modality' | 'apply'>,
    Partial<Pick<Card, 'scale'>> {
  /** From a picture in [0,1] to another; the planes given may be changed. */
  change(picture: Picture, level: Level, key: Key, context: InputContext): Picture
}

/** A change of images for training, in single precision, not floored to bytes. */
export function defineImage({ change, ...parts }: Parts): InputNoise {
  return defineInput({
    modality: 'image',
    ...parts,
    apply(x, out, level, key, context) {
      const picture = readPicture(x, context.shape, parts.kind)
      const { planes } = change(picture, level, key, context)
      planes.forEach((plane, c) => {
        out.set(plane, c * plane.length)
      })
      clipInPlace(out, context)
    },
  })
}
