import { ModelError } from '../base/index.js'
import { type Graph, withBatch } from '../onnx/index.js'
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
  const { sampleShape, preprocess } = options
  const layout = preprocess.layout ?? opened.layout.layout
  return withPrefix(graph, opened.input.name, sampleShape, preprocess, layout)
}

/**
 * The same with every shape known and constants folded: what a training graph is made from.
 * A batch that the file fixed is changed where that was proved to be sound; throws ModelError where
 * it was not.
 */
export function staticGraph(opened: OpenedModel, batch: number, options: SamplesOptions): Graph {
  const { kind, made, reason } = opened.batch
  if (kind === 'fixed' && batch !== made)
    throw new ModelError(
      `model: it takes ${made} samples at a time, not ${batch}: ${reason}. Export it with a free batch.`,
      { made },
    )
  const parameters = new Set(opened.parameters.map(p => p.name))
  return withBatch(dynamicGraph(opened, options), batch, { parameters })
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
