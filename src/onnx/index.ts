export { Builder, type EmitOptions, type ValueType } from './builder.js'
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
  text,
  textOf,
  type ValueInfo,
} from './graph.js'
export { inferNode } from './infer.js'
