import { didYouMean, ModelError, type Tensor, tensor } from '../base/index.js'
import { patchInitializers, type WeightPath } from '../onnx/index.js'
import type { OpenedModel } from './open.js'
import { castTensor } from './widen.js'

/**
 * The original file with trained weights in place: names, inputs, outputs, opset and every other
 * byte stay; `temper.*` metadata is added. Weights are cast to the element type they have in the
 * file, and those that stood beside it come into it. Throws ModelError for a weight the file does
 * not hold.
 */
export function exportModel(
  opened: OpenedModel,
  weights: ReadonlyMap<WeightPath, Float32Array>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const beside = opened.hasExternalData ? opened.original.graph.initializers : []
  const patches = new Map<WeightPath, Tensor>(beside)
  for (const [name, data] of weights) patches.set(name, asInFile(opened, name, data))
  return patchInitializers(opened.bytes, patches, metadata)
}

function asInFile({ parameters }: OpenedModel, name: WeightPath, data: Float32Array): Tensor {
  const parameter = parameters.find(p => p.name === name)
  if (!parameter) {
    const names = parameters.map(p => p.name)
    throw new ModelError(`model: it has no weight "${name}".${didYouMean(name, names)}`)
  }
  return castTensor(tensor('float32', parameter.shape, data), parameter.dtype)
}
