import type { Key } from '../../../base/index.js'
import { clipInPlace } from '../../context.js'
import { share } from '../../level.js'
import type { Card, InputContext, InputNoise, Level, Preset } from '../../types.js'
import { defineInput } from '../define.js'
import { mapPlanes, type Picture, readPicture, writeFloored } from './picture.js'

type Common = Omit<InputNoise, 'at' | 'scale' | 'presets' | 'modality' | 'apply'> &
  Partial<Pick<Card, 'scale'>>

interface Parts extends Common {
  readonly presets: Readonly<Record<string, Preset>>
  /** From a picture in [0,1], which it may change, to one of 0 to 255, which is then floored to bytes. */
  corrupt(picture: Picture, level: Level, key: Key, context: InputContext): Picture
}

/** A corruption of a published suite: on bytes, floored as its code does, held out of training. */
export function defineCorruption({ corrupt, ...parts }: Parts): InputNoise {
  return defineInput({
    modality: 'image',
    heldOut: true,
    ...parts,
    apply(x, out, level, key, context) {
      const read = () => readPicture(x, context.shape, parts.kind)
      const result = corrupt(read(), level, key, context)
      writeFloored(level.blend === undefined ? result : blended(read(), result, level.blend), out)
      clipInPlace(out, context)
    },
  })
}

/** For corruptions with no weaker form of their own. */
export const blendField = share('share of the corrupted image in the result', 1)

function blended(clean: Picture, corrupted: Picture, blend: number): Picture {
  if (blend === 1) return corrupted
  return mapPlanes(corrupted, (plane, c) =>
    plane.map((value, i) => 255 * clean.planes[c][i] * (1 - blend) + value * blend),
  )
}

/** Five levels from rows of numbers, in the order of the names; `published` for a suite of one severity. */
export function preset(
  names: readonly string[],
  rows: readonly (number | readonly number[])[],
  published?: number,
): Preset {
  const levels = rows.map(row => {
    const values = typeof row === 'number' ? [row] : row
    return Object.fromEntries(names.map((name, i) => [name, values[i]]))
  })
  return published ? { levels, published } : { levels }
}

export const imageNetC =
  'Hendrycks & Dietterich 2019, Benchmarking neural network robustness to common corruptions and perturbations'
export const mnistC = 'Mu & Gilmer 2019, MNIST-C: a robustness benchmark for computer vision'
