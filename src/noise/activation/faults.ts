import { fold, type Key } from '../../base/index.js'
import { sharedKernels } from '../../kernels/index.js'
import { amount, share } from '../level.js'
import type { LevelField } from '../types.js'
import { defineActivation } from './define.js'
import type { ActivationNoise } from './types.js'

interface Fault {
  readonly kind: string
  readonly what: string
  readonly fields?: Readonly<Record<string, LevelField>>
  /** a and c of a struck value a y + c max|y|, of a draw in (-1, 1). */
  strike(draw: number, level: Record<string, number>): readonly [number, number]
}

/** A fault strikes each activation with probability `rate`. */
function defineFault({ kind, what, fields, strike }: Fault): ActivationNoise {
  return defineActivation({
    kind,
    what,
    unit: 'share of activations struck',
    levels: { rate: share('probability of the fault', 0.001), ...fields },
    identity: { rate: 0 },
    uses: fields ? ['scale', 'relativeShift'] : ['scale'],
    paper: 'Mahmoud et al. 2020, PyTorchFI; Li et al. 2018, TensorFI',
    scale: (level, gain) => ({ ...level, rate: Math.min(1, level.rate * gain) }),
    fill({ scale, relativeShift }, level, key: Key) {
      const kernels = sharedKernels()
      const draws = new Float32Array(scale!.length)
      kernels.uniform(draws, draws, { halfWidth: 1 }, fold(key, 1))
      const share = { lowShare: level.rate, highShare: 0, low: 0, high: 0 }
      // A struck place is marked by 0 first.
      kernels.replace(scale!, scale!, share, fold(key, 0))
      for (let i = 0; i < draws.length; i++)
        if (scale![i] === 0) {
          const [a, c] = strike(draws[i], level)
          scale![i] = a
          if (relativeShift) relativeShift[i] = c
        }
    },
  })
}

export const zeroed = defineFault({
  kind: 'zeroed',
  what: 'Sets a share of the activations to zero.',
  strike: () => [0, 0],
})

export const signFlip = defineFault({
  kind: 'sign_flip',
  what: 'Turns the sign of a share of the activations.',
  strike: () => [-1, 0],
})

export const randomValue = defineFault({
  kind: 'random_value',
  what: 'Replaces a share of the activations by numbers drawn evenly from an interval.',
  fields: {
    reach: amount(
      'largest absolute value drawn, over the largest activation of the sample',
      'share',
      1,
    ),
  },
  strike: (draw, { reach }) => [0, draw * reach],
})

export const stuckAt = defineFault({
  kind: 'stuck_at',
  what: 'Sticks a share of the activations at one value.',
  fields: {
    value: {
      what: 'where they stick, over the largest absolute activation of the sample',
      unit: 'share',
      range: [-100, 100],
      default: 1,
    },
  },
  strike: (_draw, { value }) => [0, value],
})
