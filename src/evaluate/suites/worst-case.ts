/** Attacks: the worst noise within a radius, found by going up the loss. */
import { UsageError } from '../../base/index.js'
import type { Condition, SuiteFor } from './suite.js'

/** Largest change of one value, in units of the sample; pixels count 255 steps. */
const largestChange = {
  image: [1 / 255, 2 / 255, 4 / 255, 8 / 255],
  audio: [0.0005, 0.001, 0.002, 0.004],
}
const lengths = [0.25, 0.5, 1, 2]
const steps = 10

export const worstCase: SuiteFor = {
  name: 'worst-case',
  tldr: 'attacks with the model at hand: FGSM and PGD (10 steps) within L-infinity, PGD within L2',
  for({ kind, name }) {
    if (kind === 'vector')
      throw new UsageError(
        `suite worst-case: its radii are of pixels and waveforms, and ${name} holds ${kind} samples.`,
      )
    const radii = largestChange[kind]
    return {
      name: 'worst-case',
      preset: `white box, ${steps} steps`,
      tldr: this.tldr,
      conditions: [
        ...radii.map((radius, i) => condition('fast_gradient_sign', i, { radius })),
        ...radii.map((radius, i) => condition('projected_gradient', i, { radius, steps })),
        ...lengths.map((radius, i) => condition('projected_gradient_l2', i, { radius, steps })),
      ],
    }
  },
}

const condition = (kind: string, place: number, level: Condition['level']): Condition => ({
  at: 'input',
  kind,
  severity: place + 1,
  level,
  clip: 'physical',
  draws: 1,
})
