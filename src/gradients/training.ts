import { type TrainingGraph, type TrainingOptions, trainingGraph } from '../autodiff/index.js'
import { type LoweringOptions, lower, runtimeDomains } from '../lowering/index.js'
import type { OpenedModel } from '../model/index.js'
import { type Graph, writeModel } from '../onnx/index.js'

/** A training graph, and the ONNX file that the runtime loads for it. */
export interface TrainingModel {
  readonly training: TrainingGraph
  readonly bytes: Uint8Array
}

/**
 * Differentiates a static graph of an opened model and writes it with operators that the runtime
 * has. Values without a gradient are in `training.lost`: whoever needs them refuses.
 */
export function trainingModel(
  { model }: OpenedModel,
  graph: Graph,
  options: TrainingOptions,
  lowering: LoweringOptions = {},
): TrainingModel {
  const training = trainingGraph(graph, options)
  const lowered = lower(training.graph, lowering)
  const opsets = new Map([...model.opsets, ...runtimeDomains(lowered)])
  return { training, bytes: writeModel({ ...model, opsets, graph: lowered }) }
}
