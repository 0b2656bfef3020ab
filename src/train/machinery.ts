/** What a training step works with: flat buffers in one memory, sessions, the optimizer. */
import { resolveLoss } from '../autodiff/index.js'
import { ModelError } from '../base/index.js'
import type { Device } from '../engine/index.js'
import { type Kernels, openKernels } from '../kernels/index.js'
import type { Preprocess } from '../model/index.js'
import type { ActivationRequest } from '../noise/index.js'
import { activationRequest, type Resolved } from '../recipe/index.js'
import { allocateBuffers, type Buffers, bytesOfBuffers, type Layout, layoutOf } from './layout.js'
import { type Optimizer, optimizerOf } from './optimizer.js'
import { Stepper, type StepperOptions } from './stepper.js'
import { allocateWorkspace, bytesOfWorkspace, type Workspace } from './workspace.js'

export interface Machinery {
  readonly buffers: Buffers
  readonly workspace: Workspace
  readonly stepper: Stepper
  readonly optimizer: Optimizer
  readonly kernels: Kernels
  /** The sum of squares of the gradients. */
  readonly sumOfSquares: (gradients: Float32Array) => number
}

export interface MachineryOptions {
  readonly threads: number
  readonly device: Device
  /** Default: as the plan says. */
  readonly batchNormalization?: 'batch' | 'frozen'
}

export function openMachinery(resolved: Resolved, options: MachineryOptions): Machinery {
  const { opened, recipe, train } = resolved
  const layout = layoutOf(opened.parameters, resolved.isTrained, resolved.rateFactor)
  const kernels = openKernels({ bytes: bytesOfRun(resolved, layout) })
  const optimizer = optimizerOf(recipe.optimizer, kernels)
  const buffers = allocateBuffers(kernels, layout, opened.parameters, {
    moments: optimizer.moments,
    isAveraged: recipe.optimizer.average !== undefined,
    partial: partialOf(resolved),
    remembered: resolveLoss(resolved.loss).row.remembers ? opened.output.size : 0,
    ranked: resolved.curriculum ? train.length : 0,
  })
  return {
    buffers,
    optimizer,
    workspace: allocateWorkspace(kernels, train, rowsOfBatch(resolved), opened.output.size),
    kernels,
    stepper: openStepper(resolved, { buffers, kernels }, options),
    sumOfSquares: gradients => kernels.sumOfSquares(gradients),
  }
}

export function openStepper(
  resolved: Resolved,
  { buffers, kernels }: Pick<Machinery, 'buffers' | 'kernels'>,
  options: MachineryOptions,
): Stepper {
  const { plan, train, opened, recipe, loss, copies } = resolved
  const stepperOptions: StepperOptions = {
    ...options,
    loss,
    rowsAtOnce: rowsAtOnce(opened, recipe.train, copies.copies),
    rowsTogether: copies.copies,
    sessions: options.batchNormalization === 'batch' ? 1 : plan.sessions,
    batchNormalization: options.batchNormalization ?? plan.train.batchNormalization,
    sampleShape: train.shape,
    preprocess: plan.preprocess as Preprocess,
    lowering: plan.engine,
    keepsLogits: buffers.memory !== undefined,
    activations: activationRequests(resolved),
  }
  return new Stepper(opened, buffers, stepperOptions, kernels)
}

/** Buffers for gradients of parts: one where parts follow one another, else one a session but the first. */
function partialOf({ opened, recipe, copies, plan }: Resolved): number {
  return rowsAtOnce(opened, recipe.train, copies.copies) ? 1 : (plan.sessions ?? 1) - 1
}

function activationRequests({ noises }: Resolved): ReadonlyMap<string, ActivationRequest> {
  const found = noises.filter(({ entry }) => entry.at === 'activation')
  return new Map(found.map(noise => [noise.name, activationRequest(noise)]))
}

/** Rows of a batch: its samples, each as often as the loss asks for. */
const rowsOfBatch = ({ recipe, copies }: Resolved) => recipe.train.batch * copies.copies

/**
 * Rows a session call: what a model of fixed batch takes, or a part of a batch that accumulates;
 * the copies of a sample stay together. Throws ModelError where a fixed batch would part them.
 */
export function rowsAtOnce(
  { batch: { kind, made } }: Resolved['opened'],
  { batch, accumulate }: Resolved['recipe']['train'],
  copies: number,
): number | undefined {
  if (kind === 'fixed' && made! % copies)
    throw new ModelError(
      `train.loss: the model takes batches of ${made} only, which the ${copies} copies of a sample do not fill. Take another number of copies, or a model whose batch is free.`,
    )
  if (kind === 'fixed') return made
  return accumulate > 1 ? Math.ceil(batch / accumulate) * copies : undefined
}

function bytesOfRun(resolved: Resolved, layout: Layout): number {
  const { train, opened } = resolved
  const workspace = bytesOfWorkspace(train, rowsOfBatch(resolved), opened.output.size)
  const buffers = bytesOfBuffers(layout, { moments: 2, partial: partialOf(resolved) })
  return buffers + workspace + 2 ** 20
}
