/** One run: memory laid out, sessions open, the loop driven, the state saved. */
import type { Moment } from '../base/index.js'
import type { Device } from '../engine/index.js'
import { type Kernels, openKernels } from '../kernels/index.js'
import type { Resolved } from '../recipe/index.js'
import type { Checkpoint, EventLog, NewEvent } from '../record/index.js'
import { Checker } from './check.js'
import {
  allocateBuffers,
  type Buffers,
  bytesOfBuffers,
  type Layout,
  layoutOf,
  unpack,
  viewOf,
} from './layout.js'
import { type Progress, runLoop } from './loop.js'
import { type Optimizer, optimizerOf } from './optimizer.js'
import { rhythmOf } from './rhythm.js'
import { type RunState, restoreCheckpoint, saveCheckpoint } from './state.js'
import { Stepper } from './stepper.js'
import { allocateWorkspace, bytesOfWorkspace, type Workspace } from './workspace.js'

export interface RunOptions {
  readonly resolved: Resolved
  /** Hash of the plan: what a checkpoint must belong to. */
  readonly planHash: string
  /** Folder of the checkpoints. */
  readonly checkpoints: string
  readonly log: EventLog
  readonly threads: number
  readonly device: Device
  readonly onEvent?: (event: NewEvent | Progress) => void
  readonly signal?: AbortSignal
}

export class Run {
  readonly state: RunState
  private readonly kernels: Kernels
  private readonly optimizer: Optimizer
  private readonly buffers: Buffers
  private readonly workspace: Workspace
  private readonly best: Float32Array
  private readonly stepper: Stepper

  constructor(private readonly options: RunOptions) {
    const { resolved, planHash } = options
    const { opened, recipe, train } = resolved
    const layout = layoutOf(opened.parameters, resolved.isTrained)
    const width = opened.output.size
    this.kernels = openKernels({ bytes: bytesOfRun(resolved, layout) })
    this.optimizer = optimizerOf(recipe.optimizer, this.kernels)
    const { moments } = this.optimizer
    this.buffers = allocateBuffers(this.kernels, layout, opened.parameters, moments)
    this.workspace = allocateWorkspace(this.kernels, train, recipe.train.batch, width)
    this.best = this.buffers.parameters.slice()
    this.stepper = this.openStepper()
    this.state = freshState(planHash)
  }

  /** Goes back to a checkpoint. */
  restore(checkpoint: Checkpoint): void {
    const { planHash } = this.options
    Object.assign(this.state, restoreCheckpoint(checkpoint, planHash, this.buffers, this.best))
    this.say({ type: 'resumed', fromStep: this.state.step })
  }

  /** Runs to the end or to the signal; whichever, the state is saved. */
  async drive(): Promise<boolean> {
    const { resolved, signal, onEvent } = this.options
    const checker = await Checker.open(resolved, this.weights(), this.options)
    try {
      const finished = await runLoop({
        resolved,
        signal,
        state: this.state,
        buffers: this.buffers,
        workspace: this.workspace,
        stepper: this.stepper,
        optimizer: this.optimizer,
        rhythm: rhythmOf(resolved.recipe, resolved.lengths),
        emit: event => (event.type === 'progress' ? onEvent?.(event) : this.say(event)),
        check: (moment, levels) => this.check(checker, moment, levels),
        save: () => this.save(),
        sumOfSquares: gradients => this.kernels.sumOfSquares(gradients),
      })
      if (!finished) this.save()
      return finished
    } finally {
      await checker.close()
      await this.stepper.close()
    }
  }

  /** The best weights by name. */
  bestWeights(): Map<string, Float32Array> {
    return unpack(this.buffers.layout, this.best)
  }

  /** Writes an event to the log and passes it on. */
  say(event: NewEvent): void {
    const written = this.options.log.append(event)
    this.options.onEvent?.(written)
  }

  private async check(checker: Checker, moment: Moment, levels: Record<string, number>) {
    const { state } = this
    const { event, verdict } = await checker.check(state, moment, levels)
    this.say(event)
    if (verdict) {
      state.best = verdict
      this.best.set(this.buffers.parameters)
    }
  }

  private save(): void {
    saveCheckpoint(this.options.checkpoints, this.state, this.buffers, this.best)
    this.say({ type: 'checkpoint', step: this.state.step })
  }

  private openStepper(): Stepper {
    const { resolved, threads, device } = this.options
    const { plan, train, opened } = resolved
    return new Stepper(opened, this.buffers, {
      loss: resolved.loss,
      batchNormalization: plan.train.batchNormalization,
      sampleShape: train.shape,
      preprocess: plan.preprocess as never,
      threads,
      device,
    })
  }

  /** The weights as the checks see them: views on the flat buffer, always current. */
  private weights(): Map<string, Float32Array> {
    const { layout, parameters } = this.buffers
    return new Map(layout.slots.map(slot => [slot.name, viewOf(parameters, slot)]))
  }
}

function bytesOfRun({ recipe, train, opened }: Resolved, layout: Layout): number {
  const workspace = bytesOfWorkspace(train, recipe.train.batch, opened.output.size)
  return bytesOfBuffers(layout, 2) + workspace + 2 ** 20
}

function freshState(plan: string): RunState {
  return { step: 0, plan, epochLoss: { sum: 0, samples: 0 }, bestClean: null, best: null }
}
