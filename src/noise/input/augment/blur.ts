import { amount } from '../../level.js'
import { gaussianBlur } from '../image/blur.js'
import { mapPlanes } from '../image/picture.js'
import { defineImage } from './define.js'

/** Gaussian kernel to 4 sigma, edges mirrored. */
export const blur = defineImage({
  kind: 'blur',
  what: 'Blurs the image with a Gaussian kernel.',
  unit: 'standard deviation of the kernel in pixels',
  levels: { sigma: amount('standard deviation of the kernel', 'pixels', 1) },
  identity: { sigma: 0 },
  deterministic: true,
  paper:
    'Chen et al. 2020, A simple framework for contrastive learning of visual representations (SimCLR)',
  change: (picture, { sigma }) =>
    mapPlanes(picture, plane =>
      gaussianBlur(plane, picture.height, picture.width, sigma, { border: 'mirror' }),
    ),
})
