import { type Lost, lostError, type TrainingGraph, trainingGraph } from '../autodiff/index.js'
import { ModelError } from '../base/index.js'
import { type OpenedModel, type SamplesOptions, staticGraph } from '../model/index.js'
import type { Graph } from '../onnx/index.js'

/** Why a quantised model is measured and not trained. */
export const quantisedReason =
  'it computes with quantised numbers, which have no useful gradient; harden the floating-point model it was made from and quantise the result'

/**
 * Refuses, before anything is trained or written, parameters that lose their gradient: throws
 * ModelError naming operator and node, and what to freeze. `batch` is that of the run.
 */
export function checkTrainable(
  opened: OpenedModel,
  trained: readonly string[],
  { batch, ...samples }: SamplesOptions & { readonly batch: number },
): void {
  if (opened.isQuantised) throw new ModelError(`model: ${quantisedReason}.`)
  if (!trained.length) throw new ModelError('model: nothing is left to train.')
  const lost = lostIn(opened, staticGraph(opened, batch, samples), trained)
  if (lost.length) throw lostError(lost)
}

/** Which of the named values lose their gradient on the way to the model's output. */
export function lostIn(opened: OpenedModel, graph: Graph, names: readonly string[]) {
  return trialOf(opened, graph, names).lost as readonly Lost[]
}

/** The training graph with the plainest loss: which gradients there are depends on no loss. */
export function trialOf(
  { output }: OpenedModel,
  graph: Graph,
  wrt: readonly string[],
): TrainingGraph {
  return trainingGraph(graph, { output: output.name, loss: 'mean-squared-error', wrt })
}
