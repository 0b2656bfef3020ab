import { batchNormalizationGradient, batchNormalizationTraining } from './batch-normalization.js'
import { convBiasGradient } from './bias-gradient.js'
import type { Row } from './formulation.js'
import { convInputGradient } from './input-gradient.js'
import { maxPoolGradient } from './max-pool-gradient.js'
import { transposedMatMul } from './product.js'
import { reluGradient } from './relu-gradient.js'
import { sumPoolGradient } from './sum-pool-gradient.js'
import { convWeightGradient } from './weight-gradient.js'

/** Every operator of the domain `temper`, with its formulations. */
export const table: Readonly<Record<string, Row>> = {
  BatchNormalizationGradient: batchNormalizationGradient,
  BatchNormalizationTraining: batchNormalizationTraining,
  ConvBiasGradient: convBiasGradient,
  ConvInputGradient: convInputGradient,
  ConvWeightGradient: convWeightGradient,
  MaxPoolGradient: maxPoolGradient,
  ReluGradient: reluGradient,
  SumPoolGradient: sumPoolGradient,
  TransposedMatMul: transposedMatMul,
}
