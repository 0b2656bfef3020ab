import { expected, ModelError, sameShape } from '../base/index.js'
import { type Builder, int } from '../onnx/index.js'
import { finalActivation } from './final-activation.js'
import type { LossScope } from './loss-row.js'
import type { ResolvedLoss } from './loss-spec.js'
import { maths } from './maths.js'

/** The end of a training graph: names of its inputs and of what it computes. */
export interface LossHead {
  /** What the loss was taken of: the output, or what goes into its last Softmax or Sigmoid. */
  readonly logits: string
  /** Loss of each sample, [batch]. */
  readonly losses: string
  /** sum(weight loss) / sum(weight) over the batch, a scalar. */
  readonly loss: string
}

/** Where the loss reads from, all by name. */
export interface LossInputs {
  /** [batch, ...] */
  readonly output: string
  /** Of the output's shape. */
  readonly targets: string
  /** [batch] */
  readonly weights: string
  /** The output holds probabilities although no Softmax or Sigmoid is seen at its end. */
  readonly isProbability?: boolean
}

/**
 * Emits a loss. The mean over the batch is weighted as PyTorch's class weights are:
 * sum(weight loss) / sum(weight), so samples of weight 0 do not count at all.
 */
export function emitLoss(b: Builder, inputs: LossInputs, resolved: ResolvedLoss): LossHead {
  const { mul, div, sum, reshape } = maths(b)
  const head = headOf(b, inputs, resolved)
  const positions = resolved.row.formula(scopeOf(b, inputs, resolved, head))
  const losses = perSample(b, positions)
  const total = sum(mul(losses, inputs.weights), [0])
  const weight = b.emit('Max', [sum(inputs.weights, [0]), b.scalar(1e-30)])
  return { logits: head.logits, losses, loss: reshape(div(total, weight), []) }
}

interface Head {
  readonly logits: string
  /** The axis of the classes. */
  readonly axis: number
}

function headOf(
  b: Builder,
  { output, isProbability }: LossInputs,
  { row, kind }: ResolvedLoss,
): Head {
  const shape = b.shape(output)
  if (row.output === 'values') return { logits: output, axis: -1 }
  const { reshape, log, sub } = maths(b)
  const last = finalActivation(b, output)
  if (row.output === 'binary') {
    if (last?.op === 'Sigmoid') return { logits: reshape(last.logits, shape), axis: -1 }
    if (!isProbability && last?.op !== 'Softmax') return { logits: output, axis: -1 }
    const p = within(b, output)
    return { logits: sub(log(p), log(sub(1, p))), axis: -1 }
  }
  if (shape.length < 2)
    throw new ModelError(
      expected(`loss ${kind}`, `an output of shape [batch, classes] in "${output}"`, `[${shape}]`),
    )
  if (last?.axis !== undefined)
    return {
      logits: reshape(last.logits, shape),
      axis: movedAxis(b, last.logits, last.axis, shape),
    }
  return { logits: isProbability ? log(within(b, output)) : output, axis: 1 }
}

/** Probabilities kept away from 0 and 1, where their logarithms end. */
const within = (b: Builder, p: string) =>
  b.emit('Clip', [p, b.scalar(1e-7, b.dtype(p)), b.scalar(1 - 1e-7, b.dtype(p))])

/** Where an axis stands after a change of shape that kept the axes larger than 1. */
function movedAxis(b: Builder, before: string, axis: number, shape: readonly number[]): number {
  const from = b.shape(before)
  if (sameShape(from, shape)) return axis
  const place = from.slice(0, axis).filter(size => size !== 1).length
  const wide = shape.flatMap((size, i) => (size === 1 ? [] : [i]))
  return wide[place] ?? shape.length - 1
}

function scopeOf(b: Builder, inputs: LossInputs, resolved: ResolvedLoss, head: Head): LossScope {
  const m = maths(b)
  const { logits: z, axis } = head
  const logP = once(() => b.emit('LogSoftmax', [z], { axis: int(axis) }))
  return {
    ...m,
    ...{ b, z, axis, logP, t: inputs.targets, transition: resolved.transition },
    p: once(() => m.exp(logP())),
    overClasses: x => m.sum(x, [axis]),
    level: name => resolved.levels[name],
  }
}

function once(make: () => string): () => string {
  let name: string | undefined
  return () => {
    name ??= make()
    return name
  }
}

/** The mean over everything but the batch: [batch]. */
function perSample(b: Builder, x: string): string {
  const { mean, reshape } = maths(b)
  const shape = b.shape(x)
  const rest = shape.flatMap((size, axis) => (axis > 0 && size > 1 ? [axis] : []))
  return reshape(mean(x, rest), [shape[0]])
}
