import { exactPow } from '../../base/index.js'
import { defineTarget } from './define.js'

/** y_k^(1/T) / sum_j y_j^(1/T): softer above T = 1, sharper below; one-hot targets stay. */
export const temperature = defineTarget({
  kind: 'temperature',
  what: 'Softens or sharpens soft targets by a temperature.',
  form: 'classes',
  unit: 'temperature; 1 is as given',
  levels: {
    temperature: {
      what: 'above 1 softer, below 1 sharper',
      unit: 'none',
      range: [0.01, 100],
      default: 2,
    },
  },
  identity: { temperature: 1 },
  deterministic: true,
  paper: 'Hinton et al. 2015, Distilling the knowledge in a neural network',
  apply(y, out, { temperature }) {
    const powers = y.map(p => exactPow(Math.max(0, p), 1 / temperature))
    const sum = powers.reduce((a, b) => a + b, 0)
    for (let k = 0; k < y.length; k++) out[k] = powers[k] / sum
  },
})
