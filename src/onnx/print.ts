import type { Tensor } from '../base/index.js'
import type { Attribute, Dimension, Graph, Node, ValueInfo } from './graph.js'

/**
 * A graph as text, one line a node:
 * `y: float32[batch, 10] = Gemm(x, weight, bias) {transB: 1}`.
 */
export function printGraph(graph: Graph, indent = ''): string {
  const types = new Map([...graph.values, ...graph.outputs.map(o => [o.name, o] as const)])
  const inner = `${indent}  `
  return [
    `${indent}${graph.name || 'graph'}(${graph.inputs.map(printInfo).join(', ')}) {`,
    ...[...graph.initializers].map(([name, t]) => `${inner}${name}: ${printType(t)}${few(t)}`),
    ...graph.nodes.map(node => printNode(node, types, inner)),
    `${inner}return ${graph.outputs.map(({ name }) => name).join(', ')}`,
    `${indent}}`,
  ].join('\n')
}

function printNode(node: Node, types: ReadonlyMap<string, ValueInfo>, indent: string): string {
  const outputs = node.outputs.map(name => printInfo(types.get(name) ?? { name }))
  const op = node.domain ? `${node.domain}::${node.op}` : node.op
  const attributes = Object.entries(node.attributes).map(
    ([name, attribute]) => `${name}: ${printAttribute(attribute, indent)}`,
  )
  const settings = attributes.length ? ` {${attributes.join(', ')}}` : ''
  return `${indent}${outputs.join(', ')} = ${op}(${node.inputs.join(', ')})${settings}`
}

function printInfo(info: ValueInfo): string {
  if (!info.dtype && !info.shape) return info.name
  return `${info.name}: ${printType(info)}`
}

function printType({ dtype, shape }: { dtype?: string; shape?: readonly Dimension[] }): string {
  const sizes = shape?.map(size => (size === '' ? '?' : size)).join(', ')
  return `${dtype ?? 'unknown'}${sizes === undefined ? '' : `[${sizes}]`}`
}

/** The elements of a tensor small enough for a line. */
function few(tensor: Tensor): string {
  return tensor.data.length <= 8
    ? ` = {${Array.from(tensor.data as ArrayLike<unknown>).join(', ')}}`
    : ''
}

function printAttribute(attribute: Attribute, indent: string): string {
  const { type, value } = attribute
  if (type === 'graph') return printGraph(value, `${indent}  `).trimStart()
  if (type === 'tensor') return `${printType(value)}${few(value)}`
  if (type === 'opaque') return `(${value.length} bytes)`
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value)
}
