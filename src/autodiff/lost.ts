import { ModelError } from '../base/index.js'
import { type Node, namesRead } from '../onnx/index.js'
import { type Backward, labelOf, type StoppedAt } from './backward.js'
import { forbidden, isStop } from './rule.js'
import { rowOf } from './table.js'

/** A value asked for that got no gradient, or a wrong one because a node kept a part of it. */
export interface Lost {
  readonly name: string
  readonly what: 'all' | 'part'
  /** The nodes that kept it; empty where the value does not lead to the loss at all. */
  readonly at: readonly StoppedAt[]
}

/** Which of `wrt` lost its gradient, and where; `nodes` are those of the forward pass. */
export function lostGradients(
  nodes: readonly Node[],
  { gradients, stops }: Backward,
  wrt: readonly string[],
): Lost[] {
  return wrt.flatMap((name): Lost[] => {
    if (gradients.has(name) && stops.every(stop => stop.kind === 'none')) return []
    const obstacles = obstaclesAfter(nodes, name, stops)
    const refusals = obstacles.filter(stop => stop.kind === 'forbidden')
    if (!gradients.has(name))
      return [{ name, what: 'all', at: refusals.length ? refusals : obstacles }]
    const kept = refusals.filter(({ node }) => stops.some(stop => stop.node === node))
    return kept.length ? [{ name, what: 'part', at: kept }] : []
  })
}

/** The nodes after a value that no gradient passes: the first on each path. */
function obstaclesAfter(
  nodes: readonly Node[],
  name: string,
  stops: readonly StoppedAt[],
): StoppedAt[] {
  const reached = new Set([name])
  const found: StoppedAt[] = []
  for (const node of nodes) {
    const reads = namesRead(node).filter(read => reached.has(read))
    const kept = stopsAt(node, stops).filter(({ input }) => !input || reads.includes(input))
    found.push(...(reads.length ? kept : []))
    if (reads.some(read => kept.every(({ input }) => input && input !== read)))
      for (const output of node.outputs) reached.add(output)
  }
  return found
}

function stopsAt(node: Node, stops: readonly StoppedAt[]): StoppedAt[] {
  const label = labelOf(node)
  const row = rowOf(node) ?? forbidden('has no gradient rule')
  return isStop(row) ? [{ ...row, ...label }] : stops.filter(stop => stop.node === label.node)
}

/**
 * The refusal of training: which parameters lose their gradient, at which node, and what to do
 * (`remedy` comes before their names).
 */
export function lostError(
  lost: readonly Lost[],
  remedy = 'To train the rest, freeze:',
): ModelError {
  const [first] = lost
  const more = lost.length > 1 ? ` So do ${lost.length - 1} more.` : ''
  const names = lost.map(entry => `"${entry.name}"`)
  const shown = names.length > 8 ? [...names.slice(0, 8), '...'] : names
  return new ModelError(
    `parameter "${first.name}" ${lostReason(first)}.${more} ${remedy} [${shown.join(', ')}].`,
    { lost },
  )
}

/** What became of one gradient, to be read after the value's name. */
export function lostReason({ what, at }: Omit<Lost, 'name'>): string {
  const loses = what === 'all' ? 'gets no gradient' : 'gets only a part of its gradient'
  const reason = at.length
    ? at.map(({ op, node, reason }) => `${op} node "${node}" ${reason}`).join('; ')
    : 'it does not lead to the output that is trained'
  return `${loses}: ${reason}`
}
