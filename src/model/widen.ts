import {
  bfloat16ToNumber,
  type DataType,
  float16ToNumber,
  numberToBfloat16,
  numberToFloat16,
  type Tensor,
  tensor,
} from '../base/index.js'
import type { Attribute, Attributes, Graph, ValueInfo } from '../onnx/index.js'
import { dataTypeCodes, dataTypeOf } from '../onnx/index.js'

const isHalf = (dtype?: DataType) => dtype === 'float16' || dtype === 'bfloat16'

/** A graph whose 16-bit floats are float32: it is trained so, and its weights are cast back. */
export function widenHalf(graph: Graph): Graph {
  return {
    ...graph,
    inputs: graph.inputs.map(widenInfo),
    outputs: graph.outputs.map(widenInfo),
    values: new Map([...graph.values].map(([name, info]) => [name, widenInfo(info)])),
    initializers: new Map([...graph.initializers].map(([name, t]) => [name, widenTensor(t)])),
    nodes: graph.nodes.map(node => ({ ...node, attributes: widenAttributes(node.attributes) })),
  }
}

function widenInfo(info: ValueInfo): ValueInfo {
  return isHalf(info.dtype) ? { ...info, dtype: 'float32' } : info
}

function widenAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [name, widenAttribute(name, attribute)]),
  )
}

/** Tensors, subgraphs, and the numbers that name an element type. */
function widenAttribute(name: string, attribute: Attribute): Attribute {
  if (attribute.type === 'tensor') return { ...attribute, value: widenTensor(attribute.value) }
  if (attribute.type === 'graph') return { ...attribute, value: widenHalf(attribute.value) }
  const namesType = ['to', 'dtype', 'output_dtype', 'stash_type'].includes(name)
  if (namesType && attribute.type === 'int' && isHalf(dataTypeOf(attribute.value)))
    return { ...attribute, value: dataTypeCodes.float32 }
  return attribute
}

/** The same numbers in float32; other types come back as they are. */
export function widenTensor(t: Tensor): Tensor {
  if (!isHalf(t.dtype)) return t
  const toNumber = t.dtype === 'float16' ? float16ToNumber : bfloat16ToNumber
  return tensor('float32', t.shape, Float32Array.from(t.data as Uint16Array, toNumber))
}

/** The nearest values of another float type. */
export function castTensor(t: Tensor, dtype: DataType): Tensor {
  if (t.dtype === dtype) return t
  const data = t.data as Float32Array
  if (dtype === 'float16') return tensor(dtype, t.shape, Uint16Array.from(data, numberToFloat16))
  if (dtype === 'bfloat16') return tensor(dtype, t.shape, Uint16Array.from(data, numberToBfloat16))
  if (dtype === 'float64') return tensor(dtype, t.shape, Float64Array.from(data))
  return tensor('float32', t.shape, Float32Array.from(data))
}
