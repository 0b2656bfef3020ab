import { DataError } from '../../base/index.js'
import { fitIsotonic, type Knots, valueAt } from './isotonic.js'
import { logSumExp, type ScoreTable } from './scores.js'
import { fitTemperature } from './temperature.js'
import { fitVector } from './vector.js'

/** How scores become better probabilities; what was fitted. */
export type Scaling =
  | { readonly method: 'temperature'; readonly temperature: number }
  | { readonly method: 'vector'; readonly scale: number[]; readonly shift: number[] }
  | { readonly method: 'isotonic'; readonly curves: Knots[] }

export type ScalingMethod = Scaling['method']

/** Every way there is, and what it may change. */
export const scalingMethods: Readonly<Record<ScalingMethod, string>> = {
  temperature: 'one number divides all logits; no answer changes',
  vector: 'a factor and a shift for each class; answers may change',
  isotonic: 'a rising curve for each class, then divided by their sum; answers may change',
}

/** Fits on held-out samples; throws DataError where there are none. */
export function fitScaling(method: ScalingMethod, table: ScoreTable): Scaling {
  if (table.labels.length < 2)
    throw new DataError(
      `calibrate: expected at least 2 labelled samples to fit on, received ${table.labels.length}.`,
    )
  if (method === 'isotonic') return { method, curves: fitIsotonic(table) }
  const temperature = fitTemperature(table)
  if (method === 'temperature') return { method, temperature }
  return { method, ...fitVector(table, temperature) }
}

/** New logits `[samples, classes]` of scores. */
export function scaled(scaling: Scaling, scores: Float64Array, classes: number): Float64Array {
  if (scaling.method === 'temperature') return scores.map(z => z / scaling.temperature)
  if (scaling.method === 'vector')
    return scores.map((z, at) => z * scaling.scale[at % classes] + scaling.shift[at % classes])
  const made = new Float64Array(scores.length)
  for (let from = 0; from < scores.length; from += classes) {
    const norm = logSumExp(scores.subarray(from, from + classes))
    for (let k = 0; k < classes; k++)
      made[from + k] = Math.log(valueAt(scaling.curves[k], Math.exp(scores[from + k] - norm)))
  }
  return made
}
