export { type BatchOptions, withBatch } from './batch.js'
export { Builder, type EmitOptions, type ValueType } from './builder.js'
export { dataTypeCodes, dataTypeOf } from './datatype.js'
export {
  freeNames,
  namesRead,
  order,
  producers,
  pruneUnused,
  subgraphsOf,
  uses,
} from './edits.js'
export { externalDataIn } from './external.js'
export { readModelBytes, readModelFile } from './file.js'
export { differentiableReads, weightsOf } from './fold/weights.js'
export { type FoldOptions, foldConstants } from './fold.js'
export {
  type Attribute,
  type Attributes,
  type Dimension,
  emptyGraph,
  float,
  floatOf,
  floats,
  floatsOf,
  type Graph,
  int,
  intOf,
  ints,
  intsOf,
  type Model,
  type Node,
  settingsKey,
  text,
  textOf,
  type ValueInfo,
} from './graph.js'
export { inferGraph } from './infer/graph.js'
export { type Einsum, parseEinsum } from './infer/linear.js'
export { padAmounts, type SliceRange, sliceRanges } from './infer/movement.js'
export { type RecurrentSizes, recurrentSizes } from './infer/recurrent.js'
export { reducedAxes } from './infer/reduction.js'
export { type ResizePlan, resizePlan } from './infer/resize.js'
export { type Known, Site, UndeterminedError } from './infer/site.js'
export { convTransposeWindow, convWindow, poolWindow, type Window } from './infer/window.js'
export { inferNode } from './infer.js'
export { CANONICAL_IR_VERSION, CANONICAL_OPSET } from './lift/canonical.js'
export { liftToCanonical } from './lift/lift.js'
export { NEWEST_OPSET, type Operator, type OperatorName, operatorOf, operators } from './ops.js'
export { patchInitializers, type WeightPath } from './patch.js'
export { printGraph } from './print.js'
export { type ReadOptions, readModel } from './proto/read.js'
export { type ExternalPart, type ExternalReader, encodeTensor, readTensor } from './proto/tensor.js'
export { writeModel } from './proto/write.js'
