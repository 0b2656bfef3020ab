/** One run: memory laid out, sessions open, the loop driven, the state saved. */
import { type Moment, momentAt } from '../base/index.js'
import type { Device } from '../engine/index.js'
import type { Resolved } from '../recipe/index.js'
import type { Checkpoint, EventLog, Measures, NewEvent } from '../record/index.js'
import { Checker, scoreOf } from './check.js'
import { type Buffers, unpack, viewOf } from './layout.js'
import { type Progress, runLoop } from './loop.js'
import { type Machinery, openMachinery } from './machinery.js'
import { rhythmOf } from './rhythm.js'
import { firstControl, seek } from './seek.js'
import { type RunState, restoreCheckpoint, saveCheckpoint } from './state.js'

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
  private readonly parts: Machinery
  private readonly buffers: Buffers
  private readonly best: Float32Array

  constructor(private readonly options: RunOptions) {
    const { resolved, planHash } = options
    this.parts = openMachinery(resolved, options)
    this.buffers = this.parts.buffers
    this.best = this.buffers.parameters.slice()
    this.state = freshState(planHash, startControls(resolved))
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
      if (resolved.recipe.monitor.baseline === 'given' && this.state.step === 0)
        await this.check(checker, momentAt(0, resolved.lengths), {})
      const finished = await runLoop({
        resolved,
        signal,
        state: this.state,
        ...this.parts,
        rhythm: rhythmOf(resolved.recipe, resolved.lengths),
        emit: event => (event.type === 'progress' ? onEvent?.(event) : this.say(event)),
        check: (moment, levels) => this.check(checker, moment, levels),
        save: () => this.save(),
      })
      if (!finished) this.save()
      return finished
    } finally {
      await checker.close()
      await this.parts.stepper.close()
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
    if (this.options.resolved.recipe.monitor.seekStrongest && state.step > 0)
      this.seek(scoreOf(event.clean as Measures), checker.budget(state))
  }

  /** Turns every noise up or down by what the last check left of the budget. */
  private seek(clean: number, budget: number): void {
    const { controls, bestClean, step } = this.state
    for (const { name } of this.options.resolved.noises) {
      const { control, reason } = seek(controls[name], { clean, baseline: bestClean!, budget })
      if (control.gain !== controls[name].gain)
        this.say({ type: 'adjust', step, noise: name, gain: control.gain, hold: 0, reason })
      controls[name] = control
    }
  }

  private save(): void {
    saveCheckpoint(this.options.checkpoints, this.state, this.buffers, this.best)
    this.say({ type: 'checkpoint', step: this.state.step })
  }

  /** The weights as the checks see them: views on the flat buffer, always current. */
  private weights(): Map<string, Float32Array> {
    const { layout, parameters } = this.buffers
    return new Map(layout.slots.map(slot => [slot.name, viewOf(parameters, slot)]))
  }
}

function startControls({ recipe, noises }: Resolved): RunState['controls'] {
  if (!recipe.monitor.seekStrongest) return {}
  return Object.fromEntries(noises.map(({ name }) => [name, firstControl]))
}

function freshState(plan: string, controls: RunState['controls']): RunState {
  return { step: 0, plan, epochLoss: { sum: 0, samples: 0 }, bestClean: null, best: null, controls }
}
