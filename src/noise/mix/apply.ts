import { rowViews } from '../../base/index.js'
import { sharedKernels } from '../../kernels/index.js'
import { addAtSnr } from '../input/audio/snr.js'
import type { MixPlan } from '../types.js'
import { planeOf } from './cutmix.js'

/**
 * Mixes the samples of a batch by a plan: `x` and `out` are `[batch, ...shape]` and may not be the
 * same array. Boxes (rows and columns of the last two axes) are pasted instead of blended. `note` is told
 * of each sample that a signal-to-noise ratio left as it is.
 */
export function mixInputs(
  plan: MixPlan,
  x: Float32Array,
  out: Float32Array,
  shape: readonly number[],
  note: (reason: string) => void = () => {},
): void {
  if (plan.boxes) paste(plan, plan.boxes, x, out, shape)
  else if (plan.snr !== undefined) addPartners(plan, plan.snr, x, out, note)
  else mixTargets(plan, x, out)
}

/** Blends the rows of a batch by a plan: class probabilities or numbers, `[batch, width]`. */
export function mixTargets(plan: MixPlan, y: Float32Array, out: Float32Array): void {
  const { parts, indices, weights } = plan
  const batch = indices.length / parts
  const width = y.length / batch
  const kernels = sharedKernels()
  if (parts === 2) {
    kernels.mixRows(y, out, { width, indices, weights })
    return
  }
  const [rows, targets] = [rowViews(y, width), rowViews(out, width)]
  for (let i = 0; i < batch; i++) {
    const target = targets[i]
    const first = rows[indices[i * parts]]
    if (parts === 1) target.set(first)
    else {
      kernels.scaleAdd(first, target, weights[i * parts], 0)
      for (let k = 1; k < parts; k++)
        kernels.addScaled(target, rows[indices[i * parts + k]], target, weights[i * parts + k])
    }
  }
}

/** A silent sample, and one whose partner is silent, stays alone: no ratio can be set. */
function addPartners(
  { indices }: MixPlan,
  snr: number,
  x: Float32Array,
  out: Float32Array,
  note: (reason: string) => void,
): void {
  const size = x.length / (indices.length / 2)
  const row = (i: number) => x.subarray(i * size, (i + 1) * size)
  for (let i = 0; i < indices.length / 2; i++)
    addAtSnr(row(i), row(indices[2 * i + 1]), out.subarray(i * size, (i + 1) * size), snr, {
      shape: [size],
      note,
    })
}

function paste(
  { indices, parts }: MixPlan,
  boxes: Int32Array,
  x: Float32Array,
  out: Float32Array,
  shape: readonly number[],
): void {
  const [height, width] = planeOf(shape)
  const size = shape.reduce((a, b) => a * b, 1)
  out.set(x)
  for (let i = 0; i < boxes.length / 4; i++) {
    const [top, left, bottom, right] = boxes.subarray(i * 4, i * 4 + 4)
    const partner = indices[i * parts + 1] * size
    for (let plane = 0; plane < size; plane += height * width)
      for (let row = top; row < bottom; row++) {
        const from = plane + row * width
        out.set(x.subarray(partner + from + left, partner + from + right), i * size + from + left)
      }
  }
}
