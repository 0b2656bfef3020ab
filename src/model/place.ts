import type { DataType, Tensor } from '../base/index.js'
import type { Graph, WeightPath } from '../onnx/index.js'

/** Where a weight stands in the file as it was read. */
export interface Place {
  readonly stands: 'initializer' | 'Constant node' | 'branch'
  readonly dtype: DataType
  readonly shape: readonly number[]
}

/** Follows a weight's path (`If_0/then_branch/weight`) into a graph and its subgraphs. */
export function placeOf(path: WeightPath, graph: Graph): Place | undefined {
  const own = graph.initializers.get(path)
  if (own) return { stands: 'initializer', dtype: own.dtype, shape: own.shape }
  const constant = constantNamed(path, graph)
  if (constant) return { stands: 'Constant node', dtype: constant.dtype, shape: constant.shape }
  for (const node of graph.nodes)
    for (const [key, attribute] of Object.entries(node.attributes)) {
      const prefix = `${node.outputs[0]}/${key}/`
      if (attribute.type !== 'graph' || !path.startsWith(prefix)) continue
      const inner = placeOf(path.slice(prefix.length), attribute.value)
      if (inner) return { ...inner, stands: 'branch' }
    }
  return undefined
}

function constantNamed(name: string, graph: Graph): Tensor | undefined {
  const node = graph.nodes.find(({ op, outputs }) => op === 'Constant' && outputs[0] === name)
  const value = node?.attributes.value
  return value?.type === 'tensor' ? value.value : undefined
}
