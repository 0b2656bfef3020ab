import type { Key } from '../../base/index.js'
import { sharedKernels } from '../../kernels/index.js'
import { share } from '../level.js'
import type { Level, LevelField, WeightNoise } from '../types.js'
import { defineWeight } from './define.js'
import { evenNumbers, marks } from './draws.js'

interface Fault {
  readonly kind: string
  readonly what: string
  readonly paper: string
  readonly fields?: Readonly<Record<string, LevelField>>
  /** The value of a faulty weight, of an even draw in (-1, 1) and the largest absolute weight. */
  value(w: number, draw: number, largest: number, level: Level): number
}

/** A fault strikes each weight with probability `rate`; the others stay as they are. */
function defineFault({ kind, what, paper, fields, value }: Fault): WeightNoise {
  return defineWeight({
    kind,
    what,
    paper,
    unit: 'share of weights struck',
    levels: { rate: share('probability of the fault', 0.001), ...fields },
    identity: { rate: 0 },
    apply(w, out, level, key: Key) {
      const struck = marks(0, w.length, level.rate, key)
      const draws = evenNumbers(1, w.length, key)
      const largest = sharedKernels().maxAbs(w)
      for (let i = 0; i < w.length; i++)
        out[i] = struck[i] ? value(w[i], draws[i], largest, level) : w[i]
    },
  })
}

const faultPapers =
  'Mahmoud et al. 2020, PyTorchFI: a runtime perturbation tool for DNNs; Li et al. 2018, TensorFI'

export const zeroed = defineFault({
  kind: 'zeroed',
  what: 'Sets a share of the weights to zero.',
  paper: faultPapers,
  value: () => 0,
})

export const randomValue = defineFault({
  kind: 'random_value',
  what: 'Replaces a share of the weights by numbers drawn evenly up to the largest of their tensor.',
  paper: faultPapers,
  value: (_w, draw, largest) => draw * largest,
})

export const signFlip = defineFault({
  kind: 'sign_flip',
  what: 'Turns the sign of a share of the weights.',
  paper: faultPapers,
  value: w => -w,
})

export const stuckAt = defineFault({
  kind: 'stuck_at',
  what: 'Sticks a share of the weights at zero or at the largest of their tensor, either sign.',
  paper:
    'Chen et al. 2017, Accelerator-friendly neural-network training: stuck-at faults in resistive crossbars',
  fields: { high: share('share of the faults stuck at the largest, the rest at zero', 0.5) },
  // One draw chooses: its size between the two values, its sign between the two ends.
  value: (_w, draw, largest, { high }) => (Math.abs(draw) < high ? Math.sign(draw) * largest : 0),
})
