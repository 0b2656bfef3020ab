import type { Graph, Node } from '../../onnx/index.js'
import { type ActivationMatch, matchActivations } from './select.js'
import type { ActivationNoise, ActivationPort, ActivationSite } from './types.js'

export interface ActivationRequest extends ActivationMatch {
  readonly noise: ActivationNoise
}

export interface NoisyGraph {
  readonly graph: Graph
  /** For each request, the ports it was given; never empty. */
  readonly ports: readonly (readonly ActivationPort[])[]
}

/**
 * A copy of a graph of known shapes where each matched value y is replaced by a y + b, a and b being
 * new inputs of the graph. The value keeps its name, so all that reads it reads the noisy one. Throws
 * UsageError where a request matches nothing.
 */
export function insertActivationNoise(
  graph: Graph,
  requests: readonly ActivationRequest[],
): NoisyGraph {
  const copy: Graph = {
    ...graph,
    nodes: [...graph.nodes],
    inputs: [...graph.inputs],
    values: new Map(graph.values),
  }
  const ports = requests.map((request, r) =>
    matchActivations(graph, { residual: request.noise.residual, ...request }).map(site =>
      insertPort(copy, site, request.noise, `noise_${r}/${site.value}`),
    ),
  )
  return { graph: copy, ports }
}

function insertPort(
  graph: Graph,
  site: ActivationSite,
  noise: ActivationNoise,
  stem: string,
): ActivationPort {
  const [batch, ...rest] = site.shape
  const kept = noise.axes?.(rest) ?? rest.map(() => true)
  const shape = [batch, ...rest.map((size, axis) => (kept[axis] ? size : 1))]
  const input = (role: 'scale' | 'shift') => {
    if (!noise.uses.includes(role)) return undefined
    graph.inputs.push({ name: `${stem}/${role}`, dtype: 'float32', shape })
    return `${stem}/${role}`
  }
  const port = { site, noise, shape, scale: input('scale'), shift: input('shift') }
  rewire(graph, port, stem)
  return port
}

/** The node's output gets another name; Mul and Add lead from there to the old one. */
function rewire(graph: Graph, { site, scale, shift }: ActivationPort, stem: string): void {
  const at = graph.nodes.findIndex(node => node.outputs.includes(site.value))
  const clean = `${stem}/clean`
  const maker = graph.nodes[at]
  const info = { name: site.value, dtype: 'float32' as const, shape: [...site.shape] }
  graph.nodes[at] = { ...maker, outputs: maker.outputs.map(o => (o === site.value ? clean : o)) }
  graph.values.set(clean, { ...info, name: clean })
  const step = (op: string, from: string, by: string, to: string): Node => {
    graph.values.set(to, { ...info, name: to })
    return {
      name: `${stem}/${op}`,
      op,
      domain: '',
      inputs: [from, by],
      outputs: [to],
      attributes: {},
    }
  }
  const scaled = shift ? `${stem}/scaled` : site.value
  const steps: Node[] = []
  if (scale) steps.push(step('Mul', clean, scale, scaled))
  if (shift) steps.push(step('Add', scale ? scaled : clean, shift, site.value))
  graph.nodes.splice(at + 1, 0, ...steps)
}
