export { type Clock, systemClock } from './clock.js'
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
export {
  bfloat16ToNumber,
  float16ToNumber,
  numberToBfloat16,
  numberToFloat16,
} from './half.js'
export { fold, type Key, keyOf, philox, Random } from './random.js'
export { broadcastShapes, normalizeAxis, sameShape, sizeOf, stridesOf } from './shape.js'
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
