import { exactExp } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import { clipInPlace } from '../../context.js'
import { amount, scaleBits, share } from '../../level.js'
import { defineInput } from '../define.js'

/** Kept within +-t, t the (1 - share) quantile of |x|. */
export const clipping = defineInput({
  kind: 'clipping',
  what: 'Cuts off the loudest share of the waveform, as an overdriven input does.',
  modality: 'audio',
  unit: 'share of samples cut off',
  levels: { share: share('share of the samples beyond the threshold', 0.2) },
  identity: { share: 0 },
  deterministic: true,
  paper:
    'audiomentations ClippingDistortion; Eaton & Naylor 2013, Detection of clipping in coded speech',
  apply(x, out, { share }) {
    const sizes = Float32Array.from(x, Math.abs).sort()
    const threshold = sizes[Math.max(0, Math.ceil((1 - share) * sizes.length) - 1)]
    sharedKernels().clamp(x, out, -threshold, threshold)
  },
})

/** tanh(drive x) brought back to the loudness of x. */
export const saturation = defineInput({
  kind: 'tanh_distortion',
  what: 'Bends the loud parts of the waveform, as an overdriven amplifier does.',
  modality: 'audio',
  unit: 'drive',
  levels: { drive: amount('how far into the bend', 'factor', 5) },
  identity: { drive: 0 },
  deterministic: true,
  paper: 'audiomentations TanhDistortion',
  apply(x, out, { drive }, _key, context) {
    const kernels = sharedKernels()
    const before = kernels.sumOfSquares(x)
    for (let i = 0; i < x.length; i++) out[i] = 1 - 2 / (exactExp(2 * drive * x[i]) + 1)
    const after = kernels.sumOfSquares(out)
    if (after > 0) kernels.scaleAdd(out, out, Math.sqrt(before / after), 0)
    clipInPlace(out, context)
  },
})

/** round(x 2^(bits-1)) / 2^(bits-1). */
export const bitCrush = defineInput({
  kind: 'bit_crush',
  what: 'Rounds the waveform to fewer bits.',
  modality: 'audio',
  unit: 'bits',
  levels: {
    bits: { what: 'of a sample; fewer is coarser', unit: 'bits', range: [1, 32], default: 8 },
  },
  identity: { bits: 32 },
  deterministic: true,
  paper: 'audiomentations BitCrush',
  scale: scaleBits(1),
  apply(x, out, { bits }, _key, context) {
    const steps = 2 ** (bits - 1)
    for (let i = 0; i < x.length; i++) out[i] = Math.round(x[i] * steps) / steps
    clipInPlace(out, context)
  },
})
