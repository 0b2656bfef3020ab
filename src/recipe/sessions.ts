/** How many sessions share a batch: chosen by shapes alone, and frozen in the plan. */
import { sizeOf } from '../base/index.js'
import type { Dataset } from '../data/index.js'
import { type OpenedModel, type Parameter, staticGraph } from '../model/index.js'
import { Builder, type Graph, intOf, type Node } from '../onnx/index.js'
import type { Recipe } from './schema.js'

interface Run {
  readonly recipe: Recipe
  readonly opened: OpenedModel
  readonly train: Dataset
  readonly copies: { readonly copies: number }
  readonly isTrained: (parameter: Parameter) => boolean
}

/** Whose statistics normalise a batch in training: its own, or those that run along. */
export const statisticsOf = ({ train, model }: Recipe) =>
  train.batchNormalization ?? (model.file === undefined ? 'batch' : 'frozen')

/** Sessions that share a batch: 1 where its rows must be seen together or are run in parts anyway. */
export function sharingOf(
  { recipe, opened, train, copies, isTrained }: Run,
  { threads, device }: { readonly threads: number; readonly device: string },
): number {
  const { batch, accumulate } = recipe.train
  const isWhole =
    statisticsOf(recipe) === 'batch' && opened.parameters.some(p => p.role === 'statistic')
  const isInParts = accumulate > 1 || opened.batch.kind === 'fixed'
  if (threads === 1 || device !== 'cpu' || isWhole || isInParts) return 1
  const rows = Math.min(batch, train.length) * copies.copies
  const trained = opened.parameters.filter(isTrained).reduce((sum, p) => sum + p.length, 0)
  const preprocess = recipe.preprocess ?? opened.found.preprocess
  const graph = staticGraph(opened, 1, { sampleShape: train.shape, preprocess })
  return sessionsOf({ threads, rows, trained, graph })
}

export interface Sharing {
  readonly threads: number
  /** Rows of a whole batch. */
  readonly rows: number
  /** Floats that the optimizer moves: what crosses to a session and back with every batch. */
  readonly trained: number
  /** The model for one row, every shape known. */
  readonly graph: Graph
}

/** Rows a session has at least; with fewer, threads within an operator do better. */
const fewestRows = 16
/** Multiplications of a session's forward pass for each float that crosses; measured in bench/README.md. */
const leastWork = 128

/**
 * One session a thread where each has rows enough, and work enough for the parameters it is sent
 * and the gradients it sends back; else 1, a session with all threads.
 */
export function sessionsOf({ threads, rows, trained, graph }: Sharing): number {
  const own = rows / threads
  return own >= fewestRows && multiplications(graph) * own >= leastWork * trained ? threads : 1
}

/** Multiplications of one forward pass, in what has weights or multiplies matrices. */
export function multiplications(graph: Graph): number {
  const builder = new Builder(graph)
  const shapeOf = (name = '') => builder.knownType(name)?.shape
  return graph.nodes.reduce((sum, node) => sum + workOf(node, shapeOf), 0)
}

function workOf(node: Node, shapeOf: (name?: string) => readonly number[] | undefined): number {
  const [a, b, c] = node.inputs.map(shapeOf)
  const out = shapeOf(node.outputs[0])
  if (!a || !b || !out) return 0
  switch (node.op) {
    case 'Conv':
      return (sizeOf(out) * sizeOf(b)) / b[0]
    case 'ConvTranspose':
      return (sizeOf(a) * sizeOf(b)) / b[0]
    case 'MatMul':
      return sizeOf(out) * a[a.length - 1]
    case 'Gemm':
      return sizeOf(out) * a[intOf(node, 'transA', 0) ? 0 : 1]
    case 'GRU':
    case 'LSTM':
    case 'RNN':
      return a[0] * (sizeOf(b) + sizeOf(c ?? []))
    default:
      return 0
  }
}
