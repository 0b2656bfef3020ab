import { ModelError } from '../../base/index.js'
import type { Graph, Model, Node } from '../graph.js'
import { emptyGraph } from '../graph.js'
import { readAttribute } from './attribute.js'
import { type ExternalReader, readEntry, readTensor } from './tensor.js'
import { readValueInfo } from './type.js'
import { broken, concatBytes, type Field, type FieldTable, readFields } from './wire.js'

export interface ReadOptions {
  /** Reads tensors that stand outside the file; without it such a model is refused. */
  externalData?: ExternalReader
  /** Most nodes, those of subgraphs counted; default 50,000. */
  maxNodes?: number
}

/** Subgraphs within subgraphs. */
const maxDepth = 64

interface Reading {
  readonly external?: ExternalReader
  readonly maxNodes: number
  nodes: number
  depth: number
}

/**
 * Reads an ONNX model from its bytes. Fields it does not know are kept and written back.
 * Throws ModelError for anything that is no sound ONNX file: not ONNX at all, truncated, more
 * nodes than `maxNodes`, tensors whose sizes do not fit their data.
 */
export function readModel(bytes: Uint8Array, options: ReadOptions = {}): Model {
  refuseOtherFormats(bytes)
  const model: Model = {
    irVersion: 0,
    opsets: new Map(),
    producer: { name: '', version: '' },
    metadata: new Map(),
    graph: emptyGraph(''),
  }
  const reading: Reading = {
    external: options.externalData,
    maxNodes: options.maxNodes ?? 50_000,
    nodes: 0,
    depth: 0,
  }
  const unknown = readFieldsOfModel(bytes, { model, reading })
  if (!model.opsets.size)
    throw new ModelError('The file is not an ONNX model: it names no operator set.')
  return unknown ? { ...model, unknown } : model
}

/** A file that breaks before anything of a model was read is no damaged model but something else. */
function readFieldsOfModel(bytes: Uint8Array, into: { model: Model; reading: Reading }) {
  try {
    return readFields(bytes, modelTable, into)
  } catch (error) {
    if (!(error instanceof ModelError) || into.model.irVersion) throw error
    throw new ModelError('The file is not an ONNX model: it does not start like one.')
  }
}

const signatures: readonly (readonly [name: string, start: string])[] = [
  ['a PNG image', '\x89PNG'],
  ['a JPEG image', '\xff\xd8\xff'],
  ['a ZIP archive (a PyTorch checkpoint, or a model still packed)', 'PK\x03\x04'],
  ['a gzip file', '\x1f\x8b'],
  ['a HDF5 file (Keras weights)', '\x89HDF'],
  ['a pickle', '\x80\x02'],
  ['a web page', '<'],
  ['a JSON file', '{'],
  ['a Git LFS pointer, not the model itself (run git lfs pull)', 'version https://git-lfs'],
]

function refuseOtherFormats(bytes: Uint8Array): void {
  if (!bytes.length) throw new ModelError('The file is empty, not an ONNX model.')
  const start = String.fromCharCode(...bytes.subarray(0, 24))
  const other = signatures.find(([, signature]) => start.startsWith(signature))?.[0]
  if (other) throw new ModelError(`The file is ${other}, not an ONNX model.`)
  const isTflite = start.slice(4, 8) === 'TFL3'
  if (isTflite) throw new ModelError('The file is a TensorFlow Lite model, not an ONNX model.')
  // A ModelProto starts with one of its own fields: 1-8, 14, 20, 25 or 26.
  const field = bytes[0] >> 3
  if (bytes[0] < 8 || (field > 8 && field !== 14 && bytes[0] < 0x80))
    throw new ModelError('The file is not an ONNX model: it does not start like one.')
}

const modelTable: FieldTable<{ model: Model; reading: Reading }> = {
  1: ({ model }, f) => {
    model.irVersion = f.integer()
  },
  2: ({ model }, f) => {
    model.producer.name = f.text()
  },
  3: ({ model }, f) => {
    model.producer.version = f.text()
  },
  7: ({ model, reading }, f) => {
    model.graph = readGraph(f.bytes(), reading)
  },
  8: ({ model }, f) => {
    const opset = { domain: '', version: 0 }
    readFields(f.bytes(), opsetTable, opset)
    model.opsets.set(plainDomain(opset.domain), opset.version)
  },
  14: ({ model }, f) => {
    model.metadata.set(...readEntry(f.bytes()))
  },
}

const opsetTable: FieldTable<{ domain: string; version: number }> = {
  1: (o, f) => {
    o.domain = f.text()
  },
  2: (o, f) => {
    o.version = f.integer()
  },
}

/** `ai.onnx` is another spelling of the default domain. */
function plainDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain
}

interface GraphDraft {
  graph: Graph
  reading: Reading
  /** Tensors in forms that stay encoded. */
  opaque: Uint8Array[]
}

function readGraph(message: Uint8Array, reading: Reading): Graph {
  if (++reading.depth > maxDepth)
    throw new ModelError(`The model nests graphs more than ${maxDepth} deep; that is refused.`)
  const draft: GraphDraft = { graph: emptyGraph(''), reading, opaque: [] }
  const unknown = readFields(message, graphTable, draft)
  const { graph } = draft
  setOverridable(graph)
  if (unknown || draft.opaque.length)
    graph.unknown = concatBytes([...draft.opaque, ...(unknown ? [unknown] : [])])
  reading.depth--
  return graph
}

/** Inputs that only list an initializer are not inputs. */
function setOverridable(graph: Graph): void {
  const listed = graph.inputs.filter(({ name }) => graph.initializers.has(name))
  if (!listed.length) return
  graph.inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name))
  graph.overridable = new Map(listed.map(info => [info.name, info]))
}

const graphTable: FieldTable<GraphDraft> = {
  1: ({ graph, reading }, f) => graph.nodes.push(readNode(f.bytes(), reading)),
  2: ({ graph }, f) => {
    graph.name = f.text()
  },
  5: (draft, f) => readInitializer(draft, f),
  11: ({ graph }, f) => graph.inputs.push(readValueInfo(f.bytes())),
  12: ({ graph }, f) => graph.outputs.push(readValueInfo(f.bytes())),
  13: ({ graph }, f) => {
    const info = readValueInfo(f.bytes())
    graph.values.set(info.name, info)
  },
}

function readInitializer({ graph, reading, opaque }: GraphDraft, field: Field): void {
  const { name, value } = readTensor(field.bytes(), reading.external)
  if (value) graph.initializers.set(name, value)
  else opaque.push(field.encoded)
}

function readNode(message: Uint8Array, reading: Reading): Node {
  if (++reading.nodes > reading.maxNodes)
    throw new ModelError(
      `The model has more than ${reading.maxNodes} nodes; that is refused as a guard against hostile files. Raise the limit if the file is trusted.`,
      { limit: reading.maxNodes },
    )
  const node: Node = {
    name: '',
    op: '',
    domain: '',
    inputs: [],
    outputs: [],
    // Without a prototype: an attribute may be called anything.
    attributes: Object.create(null),
  }
  const unknown = readFields(message, nodeTable, { node, reading })
  if (unknown) node.unknown = unknown
  if (!node.op) throw broken(`the node "${node.name}" has no operator`)
  return node
}

const nodeTable: FieldTable<{ node: Node; reading: Reading }> = {
  1: ({ node }, f) => node.inputs.push(f.text()),
  2: ({ node }, f) => node.outputs.push(f.text()),
  3: ({ node }, f) => {
    node.name = f.text()
  },
  4: ({ node }, f) => {
    node.op = f.text()
  },
  5: ({ node, reading }, f) => {
    const { name, attribute } = readAttribute(f.bytes(), {
      readGraph: graph => readGraph(graph, reading),
      external: reading.external,
    })
    node.attributes[name] = attribute
  },
  7: ({ node }, f) => {
    node.domain = plainDomain(f.text())
  },
}
