import { InternalError } from '../base/index.js'
import type { Node } from '../onnx/index.js'
import { batchNormalizationGradient, batchNormalizationTraining } from './batch-normalization.js'
import { convBiasGradient } from './bias-gradient.js'
import type { Row } from './formulation.js'
import { fusedRows, standardRows } from './forward.js'
import { convInputGradient } from './input-gradient.js'
import { maxPoolGradient } from './max-pool-gradient.js'
import { transposedMatMul } from './product.js'
import { reluGradient } from './relu-gradient.js'
import { stopGradient } from './stop-gradient.js'
import { straightThrough } from './straight-through.js'
import { sumPoolGradient } from './sum-pool-gradient.js'
import { convWeightGradient } from './weight-gradient.js'

/** Every operator of the domain `temper`, with its formulations. */
export const table: Readonly<Record<string, Row>> = {
  ...fusedRows,
  BatchNormalizationGradient: batchNormalizationGradient,
  BatchNormalizationTraining: batchNormalizationTraining,
  ConvBiasGradient: convBiasGradient,
  ConvInputGradient: convInputGradient,
  ConvWeightGradient: convWeightGradient,
  MaxPoolGradient: maxPoolGradient,
  ReluGradient: reluGradient,
  StopGradient: stopGradient,
  StraightThrough: straightThrough,
  SumPoolGradient: sumPoolGradient,
  TransposedMatMul: transposedMatMul,
}

/** The row of a node that is or may be expanded; undefined for one that stays. */
export function rowOf({ op, domain }: Node): Row | undefined {
  if (domain === '') return standardRows[op]
  if (domain !== 'temper') return undefined
  const found = table[op]
  if (!found) throw new InternalError(`no lowering of temper::${op}`)
  return found
}
