import type { Graph, Node } from '../../onnx/index.js'

/**
 * The values that residual connections add to their shortcut: of the two summands of an Add that
 * come from one value by two ways, the one with more nodes on its way.
 */
export function residualBranches(graph: Graph): Set<string> {
  const makers = new Map<string, Node>()
  for (const node of graph.nodes) for (const output of node.outputs) makers.set(output, node)
  const branches = new Set<string>()
  for (const node of graph.nodes) {
    if (node.op !== 'Add' || node.inputs.some(name => graph.initializers.has(name))) continue
    const [left, right] = node.inputs.map(name => pastOf(name, makers))
    const fork = [...left].find(([name]) => right.has(name))
    if (!fork) continue
    const [longLeft, longRight] = [left.get(fork[0])!, right.get(fork[0])!]
    if (longLeft !== longRight) branches.add(node.inputs[longLeft > longRight ? 0 : 1])
  }
  return branches
}

/** What a value is computed from, nearest first, with the number of steps. */
function pastOf(name: string, makers: ReadonlyMap<string, Node>): Map<string, number> {
  const steps = new Map([[name, 0]])
  for (const [value, count] of steps)
    for (const input of makers.get(value)?.inputs ?? [])
      if (input && !steps.has(input)) steps.set(input, count + 1)
  return steps
}
