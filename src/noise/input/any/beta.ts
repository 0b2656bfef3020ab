import { Random } from '../../../base/index.js'
import { amount } from '../../level.js'
import { beta as betaNumber } from '../../mix/beta.js'
import { defineInput } from '../define.js'
import { additive } from './additive.js'

const shape = (what: string) => ({
  what,
  unit: 'shape',
  range: [0.01, 1000] as const,
  default: 0.5,
})

/** clip(x + scale (2 B - 1)), B of Beta(alpha, beta): never further than the scale. */
export const beta = defineInput({
  kind: 'beta',
  what: 'Adds a number of the Beta distribution, spread over minus to plus the scale, to every value.',
  modality: 'any',
  unit: 'largest change, in units of the input',
  levels: {
    scale: amount('largest change', 'input units', 0.1),
    alpha: shape('below 1 crowds at the upper end, above 1 leaves the lower one'),
    beta: shape('below 1 crowds at the lower end, above 1 leaves the upper one'),
  },
  identity: { scale: 0 },
  paper: 'Albumentations AdditiveNoise (beta); draws by Marsaglia & Tsang 2000',
  deviation: ({ scale, alpha, beta: b }) =>
    (2 * scale * Math.sqrt((alpha * b) / (alpha + b + 1))) / (alpha + b),
  apply: additive((x, out, { scale, alpha, beta: b, low = -Infinity, high = Infinity }, key) => {
    const random = new Random(key)
    for (let i = 0; i < x.length; i++) {
      const value = x[i] + scale * (2 * betaNumber(alpha, b, random) - 1)
      out[i] = Math.min(high, Math.max(low, value))
    }
  }),
})
