import { type DataType, ModelError } from '../../base/index.js'
import { dataTypeOf } from '../datatype.js'
import { subgraphsOf } from '../edits.js'
import type { Attribute, Graph, Model, Node } from '../graph.js'
import { operatorOf } from '../ops.js'
import { fieldsOf } from '../proto/wire.js'
import { CANONICAL_IR_VERSION, CANONICAL_OPSET } from './canonical.js'
import { allNames, LiftSite, refusal } from './site.js'
import { steps } from './steps.js'

const oldest = 7

/** Opsets 24 and 25 brought element types, and two operators that the table does not know. */
const newest = 25

/**
 * A copy of a model in which every operator of the default domain is of the canonical opset; it
 * computes the same. Initializers that a caller could have overridden become constants.
 * Throws ModelError for opsets before 7 or after 25, for operators unknown to the table, and where
 * an old form has no equal today; each names the node.
 */
export function liftToCanonical(model: Model): Model {
  const opset = model.opsets.get('') ?? CANONICAL_OPSET
  if (opset < oldest || opset > newest)
    throw new ModelError(
      `The model is of ONNX opset ${opset}; Temper takes ${oldest} to ${newest}. Export it again with an opset in that range.`,
      { opset },
    )
  refuseFunctions(model)
  const lifting = {
    opset,
    names: allNames(model.graph),
    allSingle: hasOnlySingleFloats(model.graph),
  }
  return {
    ...model,
    irVersion: CANONICAL_IR_VERSION,
    opsets: new Map([...model.opsets, ['', CANONICAL_OPSET]]),
    graph: liftGraph(model.graph, lifting),
  }
}

function refuseFunctions({ unknown }: Model): void {
  const functions = unknown ? [...fieldsOf(unknown)].filter(field => field.number === 25) : []
  if (functions.length)
    throw new ModelError(
      `The model defines ${functions.length} functions of its own, which Temper does not open. Export it with functions inlined.`,
    )
}

interface Lifting {
  readonly opset: number
  readonly names: Set<string>
  readonly allSingle: boolean
}

function liftGraph(graph: Graph, lifting: Lifting, around?: LiftSite): Graph {
  const lifted: Graph = {
    ...graph,
    nodes: graph.nodes.map(copyNode),
    initializers: new Map(graph.initializers),
    overridable: undefined,
  }
  const site = new LiftSite(lifted, lifting.names, lifting.allSingle, around)
  lifted.nodes = lifted.nodes.flatMap(node => liftNode(node, site, lifting))
  return lifted
}

function copyNode(node: Node): Node {
  return {
    ...node,
    inputs: [...node.inputs],
    outputs: [...node.outputs],
    attributes: { ...node.attributes },
  }
}

function liftNode(node: Node, site: LiftSite, lifting: Lifting): Node[] {
  for (const [name, attribute] of Object.entries(node.attributes))
    if (attribute.type === 'graph')
      node.attributes[name] = { ...attribute, value: liftGraph(attribute.value, lifting, site) }
  if (node.domain !== '') return [node]
  const nodes = [node]
  let version = lifting.opset
  for (;;) {
    const next = nextVersion(node, version)
    if (next === undefined) return nodes
    const replaced = steps[node.op]?.[next]?.(node, site)
    if (replaced) nodes.splice(nodes.indexOf(node), 1, ...replaced)
    version = next
  }
}

/**
 * The next version an operator has after this one. Every version up to the canonical opset that is
 * no step was read in ONNX's changelog: new element types, wording, or options whose default is
 * what was there before.
 */
function nextVersion(node: Node, version: number): number | undefined {
  const operator = operatorOf(node.op)
  if (!operator) throw refusal(node, 'Temper does not know this operator')
  const [, most] = operator.inputs
  if (version > CANONICAL_OPSET && node.inputs.length > most)
    throw refusal(node, `it has an input that opset ${CANONICAL_OPSET} does not have`)
  const next = operator.since.find(since => since > version && since <= CANONICAL_OPSET)
  if (node.op === 'Scan' && next === 9)
    throw refusal(node, 'Scan of opset 8 had other inputs; export the model again')
  return next
}

/** Whether no value of the model can be a float of 16 or 64 bits. */
function hasOnlySingleFloats(graph: Graph): boolean {
  const isOther = (dtype?: DataType) =>
    dtype === 'float16' || dtype === 'bfloat16' || dtype === 'float64'
  const declared = [
    ...graph.inputs,
    ...graph.outputs,
    ...graph.values.values(),
    ...graph.initializers.values(),
  ]
  const attributes = graph.nodes.flatMap(node => Object.entries(node.attributes))
  return (
    !declared.some(({ dtype }) => isOther(dtype)) &&
    !attributes.some(([name, attribute]) => isOther(typeNamed(name, attribute))) &&
    graph.nodes.flatMap(subgraphsOf).every(hasOnlySingleFloats)
  )
}

/** The type an attribute may bring in: a tensor's own, or the one a number (as in Cast) stands for. */
function typeNamed(name: string, attribute: Attribute): DataType | undefined {
  if (attribute.type === 'tensor') return attribute.value.dtype
  const namesType = attribute.type === 'int' && ['to', 'dtype', 'output_dtype'].includes(name)
  return namesType ? dataTypeOf(attribute.value) : undefined
}
