/** Suites of noise inside the model: on weights and on activations, for any model that is one file. */
import type { Condition, Suite } from './suite.js'

/** Draws of noise on weights, each of which all samples share. */
const weightDraws = 5

/** One kind at growing strength; activations draw anew for every sample, so one draw serves. */
function ladder(
  at: 'weight' | 'activation',
  kind: string,
  levels: readonly Condition['level'][],
  draws = at === 'weight' ? weightDraws : 1,
): Condition[] {
  return levels.map((level, i) => ({ at, kind, severity: i + 1, level, clip: null, draws }))
}

const each = (name: string, values: readonly number[]) => values.map(value => ({ [name]: value }))

/** Noise as analog memories have it, and the random directions that sharpness is measured in. */
export const weights: Suite = {
  name: 'weights',
  preset: 'relative to the largest weight; rho relative to the norm',
  tldr: 'Gaussian noise of 1 to 20 % on the weights, steps of 5 and 10 % of their norm; 5 draws',
  conditions: [
    ...ladder('weight', 'gaussian', each('relative', [0.01, 0.02, 0.05, 0.1, 0.2])),
    ...ladder('weight', 'random_direction', each('rho', [0.05, 0.1])),
  ],
}

export const activations: Suite = {
  name: 'activations',
  preset: 'relative to the largest activation of the sample',
  tldr: 'Gaussian noise of 2 to 20 %, dropout and Gaussian dropout of 10 to 50 % on the activations',
  conditions: [
    ...ladder('activation', 'gaussian', each('relative', [0.02, 0.05, 0.1, 0.2])),
    ...ladder('activation', 'dropout', each('rate', [0.1, 0.2, 0.3, 0.5])),
    ...ladder('activation', 'gaussian_dropout', each('rate', [0.1, 0.2, 0.3, 0.5])),
  ],
}

const struck = [0.001, 0.01, 0.05]

export const faults: Suite = {
  name: 'faults',
  preset: 'PyTorchFI kinds; 8-bit integers',
  tldr: 'bit flips of 8-bit integers, values stuck or zeroed, in weights (5 draws) and activations',
  conditions: (['weight', 'activation'] as const).flatMap(at => [
    ...ladder(at, 'bit_flip', each('rate', [0.0001, 0.001, 0.01])),
    ...ladder(at, 'stuck_at', each('rate', struck)),
    ...ladder(at, 'zeroed', each('rate', struck)),
  ]),
}

const bits = each('bits', [8, 6, 4, 3, 2])

export const quantisation: Suite = {
  name: 'quantisation',
  preset: 'round to nearest; one scale a weight tensor, one a sample of activations',
  tldr: 'weights and activations rounded to 8, 6, 4, 3 and 2 bits',
  conditions: [
    ...ladder('weight', 'quantization', bits, 1),
    ...ladder('activation', 'quantization', bits, 1),
  ],
}
