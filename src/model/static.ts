import { foldConstants, type Graph } from '../onnx/index.js'
import type { OpenedModel } from './open.js'
import { withPrefix } from './prefix.js'
import type { Preprocess } from './preprocess.js'

export interface SamplesOptions {
  /** Shape of one physical sample, without the batch. */
  readonly sampleShape: readonly number[]
  readonly preprocess: Preprocess
}

/** The model's graph taking physical samples, its batch as free as the file leaves it. */
export function dynamicGraph(opened: OpenedModel, options: SamplesOptions): Graph {
  const { graph } = opened.model
  return withPrefix(graph, opened.input.name, options.sampleShape, options.preprocess)
}

/** The same with every shape known and constants folded: what a training graph is made from. */
export function staticGraph(opened: OpenedModel, batch: number, options: SamplesOptions): Graph {
  const graph = dynamicGraph(opened, options)
  const inputs = graph.inputs.map(input => ({
    ...input,
    shape: input.shape && [batch, ...input.shape.slice(1)],
  }))
  const parameters = new Set(opened.parameters.map(p => p.name))
  return foldConstants({ ...graph, inputs }, { parameters })
}

/** The same graph with the parameters as inputs, so that their values are fed with each run. */
export function feedParameters(graph: Graph, { parameters }: OpenedModel): Graph {
  const initializers = new Map(graph.initializers)
  for (const { name } of parameters) initializers.delete(name)
  const fed = parameters.map(({ name, shape }) => ({
    name,
    dtype: 'float32' as const,
    shape: [...shape],
  }))
  return { ...graph, initializers, inputs: [...graph.inputs, ...fed] }
}
