import type { InputNoise } from '../../types.js'
import { augmix, randAugment } from './augmix.js'
import { blur } from './blur.js'
import { coarseDropout, cutout, gridMask, randomErasing } from './boxes.js'
import { chromaticAberration } from './chromatic-aberration.js'
import { colourJitter, isoNoise, posterize, solarize } from './colour.js'
import { perspective, randomAffine } from './geometry.js'
import { illumination } from './illumination.js'
import { medianBlur } from './median-blur.js'
import { rain } from './rain.js'
import { ringingOvershoot } from './ringing-overshoot.js'
import { shadow } from './shadow.js'
import { specAugment } from './spec-augment.js'
import { sunFlare } from './sun-flare.js'

/** Changes of images to train with; none is a corruption of a published suite. */
export const augmentations: readonly InputNoise[] = [
  blur,
  medianBlur,
  ringingOvershoot,
  chromaticAberration,
  rain,
  illumination,
  shadow,
  sunFlare,
  isoNoise,
  cutout,
  coarseDropout,
  randomErasing,
  gridMask,
  colourJitter,
  posterize,
  solarize,
  randomAffine,
  perspective,
  augmix,
  randAugment,
  specAugment,
]
