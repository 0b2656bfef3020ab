import { expected, matcher, UsageError } from '../../base/index.js'
import type { Graph } from '../../onnx/index.js'
import { residualBranches } from './residual.js'
import type { ActivationNoise, ActivationSite } from './types.js'

/** Which values of a network: every condition given has to hold. */
export interface ActivationMatch {
  /** An operator (`Relu`), or a pattern of the names of nodes and values (`encoder.*`). */
  readonly match?: string
  /** First and last depth, from 0 (first computing node) to 1 (last). */
  readonly depth?: readonly [number, number]
  /** Only what a residual connection adds to its shortcut. */
  readonly residual?: boolean
  /** Exactly these values, whatever else is said. */
  readonly values?: readonly string[]
  /** The operators meant where neither name nor depth is said; default: the non-linear ones. */
  readonly usual?: readonly string[]
}

export interface ActivationRequest extends ActivationMatch {
  readonly noise: ActivationNoise
  /** Fields of the noise's level that will be given; default: all it has. */
  readonly fields?: readonly string[]
  /** Where a refusal says it stands. */
  readonly where?: string
}

/** The sites a request acts at. Throws UsageError, naming what there is, where it matches none. */
export function sitesOf(graph: Graph, request: ActivationRequest): ActivationSite[] {
  const { residual, usual } = request.noise
  return matchActivations(graph, { residual, usual, ...request }, request.where)
}

/** Operators whose outputs are meant where nothing is said, the first group that there is. */
const usualOperators: readonly (readonly string[])[] = [
  [
    'Relu LeakyRelu PRelu ThresholdedRelu Elu Selu Celu Gelu Mish HardSwish HardSigmoid Softplus',
    'Softsign Tanh Sigmoid Clip Swish BiasGelu FastGelu QuickGelu',
  ].flatMap(names => names.split(' ')),
  ['Conv', 'Gemm', 'MatMul', 'ConvTranspose', 'LSTM', 'GRU', 'RNN', 'Einsum'],
]

/** Values that carry shapes, indices or constants are no activations. */
const quiet = new Set(['Shape', 'Constant', 'ConstantOfShape', 'Size', 'Range', 'Cast'])

/**
 * Every value of a graph with known shapes that noise can act on: float, of rank 2 or more, behind
 * the preprocessing. The first size is taken for the batch.
 */
export function activationSites(graph: Graph): ActivationSite[] {
  const computed = dependsOnInputs(graph)
  const nodes = graph.nodes.filter(
    ({ op, name, outputs }) =>
      !quiet.has(op) && computed.has(outputs[0]) && !name.startsWith('temper/'),
  )
  return nodes.flatMap((node, i) => {
    const value = node.outputs[0]
    const info = graph.values.get(value) ?? graph.outputs.find(({ name }) => name === value)
    const shape = info?.shape?.filter(d => typeof d === 'number') ?? []
    if (info?.dtype !== 'float32' || shape.length < 2 || shape.length !== info.shape?.length)
      return []
    const depth = nodes.length > 1 ? i / (nodes.length - 1) : 0
    return [{ value, name: node.name, op: node.op, depth, shape }]
  })
}

/** Values that are computed from what a caller feeds. */
function dependsOnInputs(graph: Graph): Set<string> {
  const reached = new Set(graph.inputs.map(({ name }) => name))
  for (const node of graph.nodes)
    if (node.inputs.some(name => reached.has(name)))
      for (const output of node.outputs) reached.add(output)
  return reached
}

/** The sites that match. Throws UsageError, naming what there is, when none does. */
export function matchActivations(
  graph: Graph,
  { match, depth, residual, usual, values }: ActivationMatch,
  where = 'activation noise',
): ActivationSite[] {
  const all = activationSites(graph)
  if (values) return all.filter(({ value }) => values.includes(value))
  const branches = residual ? residualBranches(graph) : undefined
  const isNamed = match === undefined ? () => true : named(match)
  const found = all.filter(
    site =>
      isNamed(site) &&
      (!depth || (site.depth >= depth[0] && site.depth <= depth[1])) &&
      (!branches || branches.has(site.value)),
  )
  const isOpen = match === undefined && !depth && !branches
  const chosen = isOpen ? usualSites(graph, found, usual) : found
  if (chosen.length) return chosen
  const rule = residual ? 'a network with residual connections' : 'a match with some activation'
  const operators = [...new Set(all.map(({ op }) => op))].join(', ') || 'none'
  throw new UsageError(
    expected(
      where,
      rule,
      asText({ match, depth, usual }),
      `Operators it could match: ${operators}.`,
    ),
  )
}

/** What is meant where nothing is said: non-linear operators, else linear ones; never the answer itself. */
function usualSites(
  graph: Graph,
  all: readonly ActivationSite[],
  usual: ActivationMatch['usual'],
): ActivationSite[] {
  const outputs = new Set(graph.outputs.map(({ name }) => name))
  const inner = all.filter(({ value }) => !outputs.has(value))
  const groups = usual ? [usual] : usualOperators
  const found = groups.map(group => inner.filter(({ op }) => group.includes(op)))
  return found.find(sites => sites.length) ?? []
}

function named(match: string): (site: ActivationSite) => boolean {
  const matches = matcher(match)
  return ({ op, value, name }) => op === match || matches(value) || matches(name)
}

function asText({ match, depth, usual }: ActivationMatch): string {
  const parts = [
    match ?? (usual ? `none of ${usual.join(', ')}` : 'no name'),
    depth ? `depth ${depth.join(' to ')}` : '',
  ]
  return parts.filter(Boolean).join(', ')
}
