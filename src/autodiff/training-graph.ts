import { didYouMean, expected, isFloat, ModelError } from '../base/index.js'
import { Builder, type Graph, pruneUnused } from '../onnx/index.js'
import { backward, dependents, type StoppedAt } from './backward.js'
import {
  type RunningStatistic,
  useBatchStatistics,
  useRunningStatistics,
} from './batch-normalization.js'
import { type DropoutMask, useDropoutMasks } from './dropout.js'
import { emitLoss } from './loss-head.js'
import { type LossSpec, resolveLoss } from './loss-spec.js'
import { type Lost, lostGradients } from './lost.js'
import { addInput, becomeInput, OutputPorts } from './ports.js'
import { unrollRecurrent } from './recurrent.js'

export interface TrainingOptions {
  /** The value the loss is taken of, [batch, ...]. */
  readonly output: string
  readonly loss: LossSpec
  /** What to differentiate by: initializers (they become inputs), inputs, or inner values. */
  readonly wrt: readonly string[]
  /** Further initializers that become inputs, without a gradient. */
  readonly feed?: readonly string[]
  /** `frozen` (default): the network's own statistics; `batch`: those of each batch. */
  readonly batchNormalization?: 'frozen' | 'batch'
  /** `identity` (default), or `mask`: every Dropout multiplies by a mask that is fed. */
  readonly dropout?: 'identity' | 'mask'
  /** The output holds probabilities although it does not end in Softmax or Sigmoid. */
  readonly isProbability?: boolean
}

/** Forward, loss and backward as one graph; all shapes are known. Fields are names of values. */
export interface TrainingGraph {
  readonly graph: Graph
  /** Input: targets of the output's shape; one-hot or soft for classes. */
  readonly targets: string
  /** Input: a weight for each sample, [batch]. */
  readonly sampleWeights: string
  /** Output: sum(weight loss) / sum(weight), a scalar. */
  readonly loss: string
  /** Output: the loss of each sample, [batch]. */
  readonly losses: string
  /** Output: the network's own. */
  readonly output: string
  /** Output: what goes into a final Softmax or Sigmoid; otherwise the same as `output`. */
  readonly logits: string
  /** Outputs: d loss / d value, by the value's name. */
  readonly gradients: ReadonlyMap<string, string>
  /** Outputs: running statistics after this batch; the present ones are inputs. */
  readonly statistics: readonly RunningStatistic[]
  /** Inputs: masks of Dropout. */
  readonly masks: readonly DropoutMask[]
  /** Where gradients ended, from the output back. */
  readonly stops: readonly StoppedAt[]
  /** Values of `wrt` without a gradient, or with a part of it: `lostError` says it in a sentence. */
  readonly lost: readonly Lost[]
}

/**
 * Differentiates a canonical graph with static shapes (batch included): forward + loss + backward.
 * The graph given is left as it is. Throws ModelError for names the graph does not have or that
 * hold no floating-point numbers, UsageError for a wrong loss.
 */
export function trainingGraph(graph: Graph, options: TrainingOptions): TrainingGraph {
  const resolved = resolveLoss(options.loss)
  const b = new Builder(copyOf(graph))
  const { output, wrt, feed = [], isProbability } = options
  for (const name of [output, ...wrt, ...feed]) checkValue(b, name)
  for (const name of [...wrt, ...feed]) becomeInput(b, name)

  const active = dependents(b, b.graph.nodes, wrt)
  unrollRecurrent(b, node => node.inputs.some(name => active.has(name)))
  const masks = useDropoutMasks(b, options.dropout === 'mask')
  useRunningStatistics(b)
  const running = options.batchNormalization === 'batch' ? useBatchStatistics(b) : []
  for (const { name } of running) becomeInput(b, name)
  const targets = addInput(b, 'targets', b.shape(output), b.dtype(output))
  const weights = addInput(b, 'sampleWeights', b.shape(output).slice(0, 1), b.dtype(output))
  const own = b.graph.nodes.length
  const head = emitLoss(b, { output, targets, weights, isProbability }, resolved)
  const forward = [...b.graph.nodes]
  const walk = backward(b, new Map([[head.loss, b.scalar(1, b.dtype(head.loss))]]), wrt)

  const ports = new OutputPorts(b, namesOf(b.graph.nodes.slice(own)))
  const found = {
    ...{ output: ports.keep(output), logits: ports.keep(head.logits) },
    ...{ loss: ports.add(head.loss, 'loss'), losses: ports.add(head.losses, 'losses') },
    gradients: mapValues(walk.gradients, (gradient, of) => ports.add(gradient, `gradient/${of}`)),
    statistics: running.map(({ name, updated }) => ({ name, updated: ports.keep(updated) })),
  }
  ports.finish()
  pruneUnused(b.graph)
  const lost = lostGradients(forward, walk, wrt)
  return {
    graph: b.graph,
    targets,
    sampleWeights: weights,
    masks,
    stops: walk.stops,
    lost,
    ...found,
  }
}

/** A copy whose nodes, inputs and maps may be changed; tensors are shared. */
function copyOf(graph: Graph): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map(node => ({
      ...node,
      inputs: [...node.inputs],
      outputs: [...node.outputs],
    })),
    inputs: [...graph.inputs],
    initializers: new Map(graph.initializers),
    values: new Map(graph.values),
  }
}

function checkValue(b: Builder, name: string): void {
  const type = b.knownType(name)
  if (!type) {
    const names = [...b.graph.values.keys(), ...b.graph.initializers.keys()]
    throw new ModelError(
      expected('model', 'the name of a value', name, didYouMean(name, names).trim()),
    )
  }
  if (!isFloat(type.dtype))
    throw new ModelError(
      expected(`value "${name}"`, 'floating-point numbers to differentiate', type.dtype),
    )
}

const namesOf = (nodes: Graph['nodes']) => nodes.flatMap(node => node.outputs)

const mapValues = <K, V>(map: ReadonlyMap<K, V>, change: (value: V, key: K) => V): Map<K, V> =>
  new Map([...map].map(([key, value]) => [key, change(value, key)]))
