export { type Clock, systemClock } from './clock.js'
export { crc32, crc32c } from './crc32.js'
export {
  DataError,
  didYouMean,
  type ErrorFields,
  expected,
  InternalError,
  ModelError,
  nearestNames,
  ResumableError,
  TemperError,
  UsageError,
} from './errors.js'
export { exactCos, exactExp, exactLog, exactPow, exactSin } from './exact.js'
export {
  bfloat16ToNumber,
  float16ToNumber,
  numberToBfloat16,
  numberToFloat16,
} from './half.js'
export { InOrder } from './in-order.js'
export { withDefaults } from './options.js'
export { matcher } from './pattern.js'
export { fold, type Key, keyOf, philox, Random } from './random.js'
export { rowViews } from './row-views.js'
export { broadcastShapes, normalizeAxis, sameShape, sizeOf, stridesOf } from './shape.js'
export {
  type Alternative,
  type BootstrapOptions,
  betaCdf,
  betaQuantile,
  binomialCdf,
  binomialSurvival,
  binomialTest,
  bootstrapInterval,
  clopperPearson,
  clopperPearsonLower,
  clopperPearsonUpper,
  fellByMoreThan,
  type Interval,
  type MinimizeOptions,
  Moments,
  mannKendall,
  mcNemar,
  minimize,
  normalCdf,
  normalQuantile,
  type Paired,
  quantile,
  type Smooth,
  type Trend,
  tangoInterval,
  tangoScore,
  wilsonInterval,
} from './statistics/index.js'
export {
  bytesPerElement,
  type DataType,
  float32Tensor,
  int64Tensor,
  isFloat,
  scalarTensor,
  type Tensor,
  type TensorData,
  tensor,
  toNumbers,
  zeros,
} from './tensor.js'
export {
  formatTime,
  type Lengths,
  type Moment,
  momentAt,
  parseTime,
  type Time,
  type TimeUnit,
  timeInBatches,
} from './time.js'
