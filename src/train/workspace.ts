import { sizeOf } from '../base/index.js'
import type { Batch, Dataset } from '../data/index.js'
import type { Kernels } from '../kernels/index.js'

/** The arrays one batch is assembled in, reused by every step. */
export interface Workspace {
  readonly samples: Float32Array
  readonly targets: Float32Array
  readonly sampleWeights: Float32Array
  readonly spareSamples: Float32Array
  readonly spareTargets: Float32Array
  /** Which of the two sample arrays the last step trained on: a mix writes to the spare one. */
  trained: Float32Array
  /** Numbers a target: classes of the model, or regression outputs. */
  readonly width: number
  readonly shape: readonly number[]
  readonly sampleRate?: number
}

export function bytesOfWorkspace(data: Dataset, batch: number, width: number): number {
  return 4 * batch * (2 * sizeOf(data.shape) + 2 * width + 1) + 64 * 5
}

export function allocateWorkspace(
  kernels: Kernels,
  data: Dataset,
  batch: number,
  width: number,
): Workspace {
  const size = batch * sizeOf(data.shape)
  const samples = kernels.alloc(size)
  return {
    samples,
    trained: samples,
    targets: kernels.alloc(batch * width),
    sampleWeights: kernels.alloc(batch).fill(1),
    spareSamples: kernels.alloc(size),
    spareTargets: kernels.alloc(batch * width),
    width,
    shape: data.shape,
    sampleRate: data.sampleRate,
  }
}

/** One-hot rows from labels (the label itself where there is one output), or the numbers of a regression. */
export function fillTargets(
  { targets, width }: Workspace,
  { rows, labels, targets: numbers }: Batch,
) {
  targets.fill(0)
  for (let row = 0; row < rows; row++)
    if (labels && width > 1) targets[row * width + labels[row]] = 1
    else targets[row * width] = labels ? labels[row] : numbers![row]
}

/**
 * Weighs each sample by its classes, after noise on targets and mixes: w = sum over c of t_c w_c; a
 * single output holds the second of two classes.
 */
export function weighSamples(
  { targets, sampleWeights, width }: Workspace,
  rows: number,
  classWeights: readonly number[] | undefined,
): void {
  if (!classWeights) return
  for (let row = 0; row < rows; row++) {
    const target = targets.subarray(row * width, (row + 1) * width)
    sampleWeights[row] =
      width === 1
        ? (1 - target[0]) * classWeights[0] + target[0] * classWeights[1]
        : target.reduce((sum, t, c) => sum + t * (classWeights[c] ?? 1), 0)
  }
}
