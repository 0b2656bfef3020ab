/** A fitted scaling as ONNX operators, in those forms that every opset from 7 on has alike. */
import { float32Tensor, int64Tensor, ModelError } from '../../base/index.js'
import { type Knots, oddsFloor, type Scaling } from '../../metrics/index.js'
import type { ModelOutput, Tail } from '../../model/index.js'
import { int } from '../../onnx/index.js'

/** The smallest normal number: what logarithms take for zero. */
const tiny = 2 ** -126

/** Most pieces times classes written into a file: 4 MiB a constant. */
const mostPieces = 2 ** 20

/** Puts a scaling behind `[batch, size]`; what the output is (logits, probabilities) stays. */
export function emitScaling(
  tail: Tail,
  from: string,
  scaling: Scaling,
  { kind, size }: Pick<ModelOutput, 'kind' | 'size'>,
): string {
  const emitter = new Emitter(tail, Math.max(2, size))
  const scores = emitter.scores(from, kind, size)
  const changed = emitter.change(scaling, scores)
  if (size === 1) return emitter.second(changed, kind)
  if (kind === 'probabilities') return emitter.op('Softmax', [changed], 1)
  return kind === 'log-probabilities' ? emitter.op('LogSoftmax', [changed], 1) : changed
}

class Emitter {
  constructor(
    private readonly tail: Tail,
    private readonly classes: number,
  ) {}

  op(name: string, inputs: readonly string[], axis?: number): string {
    return this.tail.emit(name, inputs, axis === undefined ? {} : { axis: int(axis) })
  }

  /** `[batch, classes]` logits or logarithms of probabilities; one number is the second class. */
  scores(from: string, kind: ModelOutput['kind'], size: number): string {
    if (size > 1) return kind === 'probabilities' ? this.log(from) : from
    if (kind === 'logits') return this.op('MatMul', [from, this.numbers([0, 1], [1, 2])])
    // (p) -> (log(1 - p), log p)
    const pair = this.op('MatMul', [from, this.numbers([-1, 1], [1, 2])])
    return this.log(this.op('Add', [pair, this.numbers([1, 0], [1, 2])]))
  }

  /** The second class alone: its logit is the difference of the two. */
  second(scores: string, kind: ModelOutput['kind']): string {
    const logit = this.op('MatMul', [scores, this.numbers([-1, 1], [2, 1])])
    return kind === 'logits' ? logit : this.op('Sigmoid', [logit])
  }

  change(scaling: Scaling, scores: string): string {
    if (scaling.method === 'temperature')
      return this.op('Div', [scores, this.numbers([scaling.temperature])])
    if (scaling.method === 'isotonic') return this.log(this.curves(scaling.curves, scores))
    const row = [1, this.classes]
    const stretched = this.op('Mul', [scores, this.numbers(scaling.scale, row)])
    return this.op('Add', [stretched, this.numbers(scaling.shift, row)])
  }

  /**
   * Each class's own curve over its log-odds t,
   *   f(t) = y_0 + sum_i slope_i min(width_i, max(0, t - x_i)),  min(w, d) = w - Relu(w - d);
   * curves with fewer pieces are filled up with slopes of 0.
   */
  private curves(curves: readonly Knots[], scores: string): string {
    const pieces = Math.max(1, ...curves.map(({ x }) => x.length - 1))
    if (pieces * this.classes > mostPieces)
      throw new ModelError(
        `calibrate: curves of ${pieces} pieces for each of ${this.classes} classes are too large for a file. Use temperature or vector.`,
      )
    const table = (of: (knots: Knots, i: number) => number) => {
      const values = curves.flatMap(knots =>
        Array.from({ length: pieces }, (_, i) => (i + 1 < knots.x.length ? of(knots, i) : 0)),
      )
      return this.numbers(values, [1, this.classes, pieces])
    }
    const width = table(({ x }, i) => x[i + 1] - x[i])
    const start = table(({ x }, i) => x[i])
    const slope = table(({ x, y }, i) => (y[i + 1] - y[i]) / (x[i + 1] - x[i]))
    const odds = this.shaped(this.odds(this.op('Softmax', [scores], 1)), [0, this.classes, 1])
    const past = this.op('Relu', [this.op('Sub', [odds, start])])
    const beyond = this.op('Relu', [this.op('Sub', [width, past])])
    const rise = this.op('Mul', [this.op('Sub', [width, beyond]), slope])
    const ones = this.numbers(new Array(pieces).fill(1), [pieces, 1])
    const sum = this.shaped(this.op('MatMul', [rise, ones]), [0, this.classes])
    const first = this.numbers(
      curves.map(({ y }) => y[0]),
      [1, this.classes],
    )
    return this.op('Add', [sum, first])
  }

  /** log (p + e) / (1 - p + e) */
  private odds(p: string): string {
    const [least, most] = [this.numbers([oddsFloor]), this.numbers([1 + oddsFloor])]
    const above = this.op('Log', [this.op('Add', [p, least])])
    return this.op('Sub', [above, this.op('Log', [this.op('Sub', [most, p])])])
  }

  /** log max(p, tiny), the maximum being Relu(p - tiny) + tiny. */
  private log(p: string): string {
    const low = this.numbers([tiny])
    const above = this.op('Relu', [this.op('Sub', [p, low])])
    return this.op('Log', [this.op('Add', [above, low])])
  }

  private shaped(value: string, sizes: readonly number[]): string {
    return this.op('Reshape', [value, this.tail.constant(int64Tensor(sizes))])
  }

  private numbers(values: readonly number[], shape: readonly number[] = []): string {
    return this.tail.constant(float32Tensor(values, shape))
  }
}
