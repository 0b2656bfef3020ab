import { sharedKernels } from '../../../kernels/index.js'
import { clipOf } from '../../context.js'
import { amount } from '../../level.js'
import { defineInput } from '../define.js'
import { gaussianWeights } from '../image/blur.js'
import { sidesOf } from '../image/picture.js'

const halves = new Map<number, Float32Array>()

/** Half of the kernel, the outermost weight first; of the last few standard deviations asked for. */
function halfOf(sigma: number): Float32Array {
  const kept = halves.get(sigma)
  if (kept) return kept
  const whole = gaussianWeights(sigma)
  const half = Float32Array.from(whole.subarray(0, (whole.length + 1) / 2))
  if (halves.size > 64) halves.clear()
  halves.set(sigma, half)
  return half
}

/** Gaussian kernel to 4 sigma, edges mirrored. */
export const blur = defineInput({
  kind: 'blur',
  what: 'Blurs the image with a Gaussian kernel.',
  modality: 'image',
  unit: 'standard deviation of the kernel in pixels',
  levels: { sigma: amount('standard deviation of the kernel', 'pixels', 1) },
  identity: { sigma: 0 },
  deterministic: true,
  paper:
    'Chen et al. 2020, A simple framework for contrastive learning of visual representations (SimCLR)',
  apply(x, out, { sigma }, _key, context) {
    const [, height, width] = sidesOf(context.shape, 'blur')
    const plane = { height, width, weights: halfOf(sigma), ...clipOf(context) }
    sharedKernels().blur(x, out, plane)
  },
})
