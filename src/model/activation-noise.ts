/** Noise on activations, put into a graph: new inputs, and nodes that use them. */
import {
  type ActivationNoise,
  type ActivationPort,
  type ActivationRequest,
  type ActivationSite,
  type FormScope,
  type PortInput,
  type PortRole,
  portRoles,
  sitesOf,
} from '../noise/index.js'
import { Builder, type Graph } from '../onnx/index.js'

export interface InsertOptions {
  /**
   * `answer` (default): for a session that answers. `gradient`: for a graph to be differentiated,
   * with the private operator of straight-through gradients.
   */
  readonly purpose?: 'answer' | 'gradient'
}

export interface NoisyGraph {
  readonly graph: Graph
  /** For each request, the ports it was given; never empty. */
  readonly ports: readonly (readonly ActivationPort[])[]
}

/**
 * A copy of a graph of known shapes where each matched value is replaced by a noisy one, made of it
 * and of new inputs of the graph. The value keeps its name, so all that reads it reads the noisy
 * one; several requests at one value act one after another. Throws UsageError where a request
 * matches nothing.
 */
export function insertActivationNoise(
  graph: Graph,
  requests: readonly ActivationRequest[],
  { purpose = 'answer' }: InsertOptions = {},
): NoisyGraph {
  const copy: Graph = {
    ...graph,
    nodes: [...graph.nodes],
    inputs: [...graph.inputs],
    initializers: new Map(graph.initializers),
    values: new Map(graph.values),
  }
  const b = new Builder(copy)
  const ports = requests.map((request, r) => {
    const sites = sitesOf(graph, request)
    return sites.map((site, i) =>
      insertPort(b, site, request, {
        stem: `noise_${r}/${site.value}`,
        position: (i + 1) / sites.length,
        purpose,
      }),
    )
  })
  return { graph: copy, ports }
}

interface Place {
  readonly stem: string
  readonly position: number
  readonly purpose: 'answer' | 'gradient'
}

function insertPort(
  b: Builder,
  site: ActivationSite,
  { noise, fields = Object.keys(noise.levels) }: ActivationRequest,
  { stem, position, purpose }: Place,
): ActivationPort {
  const inputs = noise.roles(fields).map((role): PortInput => {
    const name = `${stem}/${role}`
    const shape = inputShape(noise, role, site.shape)
    b.graph.inputs.push({ name, dtype: 'float32', shape: [...shape] })
    b.setType(name, { dtype: 'float32', shape })
    return { role, name, shape }
  })
  rewire(b, site, `${stem}/clean`, y =>
    noise.emit({
      ...{ b, y },
      input: role => inputs.find(input => input.role === role)?.name,
      straightThrough: purpose === 'gradient' ? straightThrough(b) : value => value,
    }),
  )
  return { site, noise, inputs, position }
}

function inputShape(
  noise: ActivationNoise,
  role: PortRole,
  [batch, ...rest]: readonly number[],
): number[] {
  if (portRoles[role].per === 'sample') return [batch, ...rest.map(() => 1)]
  const kept = noise.axes?.(rest) ?? rest.map(() => true)
  return [batch, ...rest.map((size, axis) => (kept[axis] ? size : 1))]
}

/** temper::StraightThrough(value, carrier) = value, differentiated as carrier. */
function straightThrough(b: Builder): FormScope['straightThrough'] {
  return (value, carrier) =>
    b.emit(
      'StraightThrough',
      carrier === undefined ? [value] : [value, carrier],
      {},
      {
        domain: 'temper',
        types: [b.type(value)],
      },
    )
}

/** The node's output gets another name; new nodes behind it lead from there to the old one. */
function rewire(
  b: Builder,
  site: ActivationSite,
  clean: string,
  emit: (y: string) => string,
): void {
  const { nodes } = b.graph
  const at = nodes.findIndex(node => node.outputs.includes(site.value))
  const maker = nodes[at]
  const own = maker.outputs.map(name => (name === site.value ? clean : name))
  nodes[at] = { ...maker, outputs: own }
  b.setType(clean, { dtype: 'float32', shape: site.shape })
  const end = nodes.length
  const noisy = emit(clean)
  const added = nodes.splice(end)
  const last = added.findIndex(node => node.outputs.includes(noisy))
  added[last] = { ...added[last], outputs: [site.value] }
  b.graph.values.delete(noisy)
  nodes.splice(at + 1, 0, ...added)
}
