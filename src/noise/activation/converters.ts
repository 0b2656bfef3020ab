import { fold, type Key } from '../../base/index.js'
import { sharedKernels } from '../../kernels/index.js'
import { amount, scaleBits, share } from '../level.js'
import type { LevelField } from '../types.js'
import { defineActivation } from './define.js'
import { converted, flipped, quantized } from './forms.js'
import type { PortFill, PortRole } from './types.js'

const bits: LevelField = { what: 'bits of a value', unit: 'bits', range: [2, 32], default: 8 }

const stochastic: LevelField = {
  what: '1 rounds up with the probability of the remainder, 0 to the nearest',
  unit: '0 or 1',
  range: [0, 1],
  default: 0,
  whole: true,
}

const dithered =
  (...roles: readonly PortRole[]) =>
  (fields: readonly string[]): PortRole[] => [
    ...roles,
    ...(fields.includes('stochastic') ? (['dither'] as const) : []),
  ]

function dither({ dither: array }: PortFill, isStochastic: number, key: Key): void {
  if (array && isStochastic) sharedKernels().uniform(array, array, { halfWidth: 0.5 }, fold(key, 1))
}

/**
 * d round(y / d) within +- limit, d = limit / (2^(bits - 1) - 1): 2^bits - 1 values around zero, which
 * is aihwkit's resolution of 1 / (2^bits - 2); limit is `range`, or the sample's own max|y| at 0.
 */
export const converter = defineActivation({
  kind: 'converter',
  what: 'Clips and rounds the activations as an analog-to-digital or digital-to-analog converter does.',
  unit: 'bits',
  levels: {
    bits,
    range: amount(
      'largest absolute value it tells apart; 0 takes the largest of each sample',
      'activation units',
    ),
    stochastic,
  },
  identity: { bits: 32 },
  deterministic: true,
  uses: dithered('steps', 'limit', 'own'),
  paper:
    'aihwkit inp_res, out_res, bound, noise management AbsMax; Bengio et al. 2013 (straight-through)',
  scale: scaleBits(2),
  emit: converted,
  fill(port, { bits: b, range, stochastic: isStochastic }, key) {
    port.steps!.fill(Math.round(2 ** (b - 1)) - 1)
    port.limit!.fill(range)
    port.own!.fill(range > 0 ? 0 : 1)
    dither(port, isStochastic, key)
  },
})

/** d (round(y / d)), d = (high - low) / (2^bits - 1), zero kept: integers with a zero point. */
export const quantization = defineActivation({
  kind: 'quantization',
  what: 'Rounds the activations of each sample to the integers between its least and greatest value.',
  unit: 'bits',
  levels: { bits, stochastic },
  identity: { bits: 32 },
  deterministic: true,
  uses: dithered('steps'),
  paper:
    'Jacob et al. 2018, Quantization and training of neural networks for efficient integer-arithmetic-only inference',
  scale: scaleBits(2),
  emit: quantized,
  fill(port, { bits: b, stochastic: isStochastic }, key) {
    port.steps!.fill(Math.round(2 ** b) - 1)
    dither(port, isStochastic, key)
  },
})

/** Each bit of y as a two's complement integer of `bits` bits, of step max|y| / (2^(bits-1) - 1), flips. */
export const bitFlip = defineActivation({
  kind: 'bit_flip',
  what: 'Flips bits of the activations as they would lie in memory as integers.',
  unit: 'probability of a bit to flip',
  levels: {
    rate: share('probability of each bit', 0.001),
    bits: { ...bits, range: [2, 16], whole: true },
  },
  identity: { rate: 0 },
  uses: ['steps', 'mask'],
  paper: 'Mahmoud et al. 2020, PyTorchFI; Li et al. 2018, TensorFI bitFlip-element',
  scale: (level, gain) => ({ ...level, rate: Math.min(1, level.rate * gain) }),
  emit: flipped,
  fill({ steps, mask }, { rate, bits: b }, key) {
    steps!.fill(2 ** (b - 1) - 1)
    const struck = new Float32Array(mask!.length)
    const level = { lowShare: 0, highShare: rate, low: 0, high: 1 }
    for (let bit = 0; bit < b; bit++) {
      sharedKernels().replace(struck.fill(0), struck, level, fold(key, bit))
      // The sign bit is worth -2^(bits - 1).
      const worth = bit === b - 1 ? -(2 ** bit) : 2 ** bit
      for (let i = 0; i < struck.length; i++) mask![i] += struck[i] * worth
    }
  },
})
