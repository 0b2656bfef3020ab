import { BinaryWriter } from '@bufbuild/protobuf/wire'
import type { Graph, Model, Node, ValueInfo } from '../graph.js'
import { writeAttribute } from './attribute.js'
import { writeTensor } from './tensor.js'
import { writeValueInfo } from './type.js'
import { put } from './wire.js'

/** Encodes a model; tensors are written inline, whatever file they came from. */
export function writeModel(model: Model): Uint8Array {
  const writer = new BinaryWriter()
  put.integer(writer, 1, model.irVersion)
  if (model.producer.name) put.text(writer, 2, model.producer.name)
  if (model.producer.version) put.text(writer, 3, model.producer.version)
  put.message(writer, 7, w => writeGraph(w, model.graph, model.irVersion < 4))
  for (const [domain, version] of model.opsets)
    put.message(writer, 8, w => {
      if (domain) put.text(w, 1, domain)
      put.integer(w, 2, version)
    })
  for (const [key, value] of model.metadata)
    put.message(writer, 14, w => {
      put.text(w, 1, key)
      put.text(w, 2, value)
    })
  put.raw(writer, model.unknown)
  return writer.finish()
}

function writeGraph(writer: BinaryWriter, graph: Graph, listsInitializers: boolean): void {
  for (const node of graph.nodes) put.message(writer, 1, w => writeNode(w, node, listsInitializers))
  put.text(writer, 2, graph.name)
  for (const [name, tensor] of graph.initializers)
    put.message(writer, 5, w => writeTensor(w, name, tensor))
  for (const input of [...graph.inputs, ...listed(graph, listsInitializers)])
    put.message(writer, 11, w => writeValueInfo(w, input))
  for (const output of graph.outputs) put.message(writer, 12, w => writeValueInfo(w, output))
  for (const value of graph.values.values()) put.message(writer, 13, w => writeValueInfo(w, value))
  put.raw(writer, graph.unknown)
}

/** Initializers that stand among the inputs: all of them before IR version 4. */
function listed(graph: Graph, all: boolean): ValueInfo[] {
  return [...graph.initializers]
    .filter(([name]) => all || graph.overridable?.has(name))
    .map(
      ([name, { dtype, shape }]) =>
        graph.overridable?.get(name) ?? { name, dtype, shape: [...shape] },
    )
}

function writeNode(writer: BinaryWriter, node: Node, listsInitializers: boolean): void {
  for (const input of node.inputs) put.text(writer, 1, input)
  for (const output of node.outputs) put.text(writer, 2, output)
  if (node.name) put.text(writer, 3, node.name)
  put.text(writer, 4, node.op)
  for (const [name, attribute] of Object.entries(node.attributes))
    put.message(writer, 5, w =>
      writeAttribute(w, name, attribute, (inner, graph) =>
        // Subgraphs take no fed inputs: their initializers were never listed.
        writeGraph(inner, graph, listsInitializers && !!graph.overridable),
      ),
    )
  if (node.domain) put.text(writer, 7, node.domain)
  put.raw(writer, node.unknown)
}
