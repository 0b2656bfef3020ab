/** One run: memory laid out, sessions open, the loop driven, the state saved. */
import { type Moment, momentAt } from '../base/index.js'
import type { Device } from '../engine/index.js'
import {
  bestOf,
  type Decision,
  type Monitor,
  type MonitorEvent,
  type Probe,
  reasonToStop,
} from '../monitor/index.js'
import type { Resolved } from '../recipe/index.js'
import {
  type Checkpoint,
  type EventLog,
  latestCheckpoint,
  listCheckpoints,
  type Measures,
  type NewEvent,
} from '../record/index.js'
import { nowBeginning } from './begin.js'
import type { Board } from './board.js'
import { branchWithout } from './branch.js'
import { Checker, scoreOf } from './check.js'
import { type Buffers, fillParameters, measuredWeights, unpack, viewOf } from './layout.js'
import { type Levels, type LoopParts, type Outcome, type Progress, runLoop } from './loop.js'
import { type Machinery, openMachinery } from './machinery.js'
import { Observer } from './observation.js'
import { resetMemory } from './online-smoothing.js'
import { divergedCheck, judgeCheck, monitorOf } from './overuse.js'
import { rhythmOf } from './rhythm.js'
import { firstControl, seek } from './seek.js'
import { freshState, type RunState, restoreCheckpoint, saveCheckpoint } from './state.js'
import { hasFrozenStatistics, reestimateStatistics } from './statistics.js'
import { scaled, type Tried, trySteering } from './steer.js'

export interface RunOptions {
  readonly resolved: Resolved
  /** Hash of the plan: what a checkpoint must belong to. */
  readonly planHash: string
  /** Folder of the checkpoints. */
  readonly checkpoints: string
  readonly log: EventLog
  /** Shows the run to TensorBoard. */
  readonly board?: Board
  /** The step to stop before the end at, checked and saved. */
  readonly pauseAt?: number
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
  private readonly noted = new Set<string>()
  private monitor: Monitor | undefined

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
    const { resolved, signal, pauseAt, onEvent } = this.options
    const checker = await Checker.open(resolved, this.weights(), this.options)
    this.monitor = this.openMonitor(checker)
    try {
      if (resolved.recipe.monitor.baseline === 'given' && this.state.step === 0)
        await this.checkGiven(checker)
      const finished = await runLoop({
        resolved,
        signal,
        pauseAt,
        state: this.state,
        ...this.parts,
        rhythm: rhythmOf(resolved.recipe, resolved.lengths, pauseAt),
        emit: event => (event.type === 'progress' ? onEvent?.(event) : this.say(event)),
        check: (parts, moment, levels) => this.check(checker, parts, moment, levels),
        steer: parts => this.steer(checker, parts),
        recover: parts => this.recover(parts),
        save: () => this.save(),
        note: (noise, reason) => this.noteOnce(noise, reason),
      })
      if (finished) await this.reestimate(checker)
      else this.save()
      return finished
    } finally {
      await checker.close()
      await this.parts.stepper.close()
    }
  }

  /** Fresh running statistics for the best weights, kept where a check finds them the better. */
  private async reestimate(checker: Checker): Promise<void> {
    const { resolved } = this.options
    if (!resolved.recipe.train.reestimateStatistics || !hasFrozenStatistics(resolved)) return
    this.buffers.parameters.set(this.best)
    await reestimateStatistics(resolved, this.parts, this.options)
    const before = this.state.best
    await this.look(checker, momentAt(this.state.step, resolved.lengths), {}, new Observer())
    const isBetter = this.state.best !== before
    const reason = `the running statistics were taken anew on clean batches and ${isBetter ? 'kept' : 'not kept: a check found those before the better'}.`
    this.say({ type: 'note', step: this.state.step, noise: 'batch normalisation', reason })
  }

  /** The best weights by name. */
  bestWeights(): Map<string, Float32Array> {
    return unpack(this.buffers.layout, this.best)
  }

  /** Writes an event to the log and passes it on. */
  say(event: NewEvent): void {
    const written = this.options.log.append(event)
    this.options.board?.event(written)
    this.options.onEvent?.(written)
  }

  private openMonitor({ heldOut }: Checker): Monitor | undefined {
    const { resolved } = this.options
    const monitor = resolved.recipe.monitor.seekStrongest ? undefined : monitorOf(resolved, heldOut)
    if (monitor && this.state.monitor !== null) monitor.restore(this.state.monitor)
    else monitor?.adopt(this.state.controls)
    return monitor
  }

  /** The model as it was given, before the first step. */
  private async checkGiven(checker: Checker): Promise<void> {
    const moment = momentAt(0, this.options.resolved.lengths)
    await this.look(checker, moment, {}, new Observer())
  }

  private async check(
    checker: Checker,
    parts: LoopParts,
    moment: Moment,
    levels: Levels,
  ): Promise<Outcome> {
    const observer = new Observer()
    this.show(parts)
    const measures = await this.look(checker, moment, levels, observer)
    if (this.options.resolved.recipe.monitor.seekStrongest) this.seek(scoreOf(measures), checker)
    this.beginNoises()
    const probe: Probe = (off, under) => branchWithout(parts, off, () => checker.answers(under))
    const followed = this.monitor
      ? this.follow(await judgeCheck(this.monitor, parts, observer, probe))
      : 'go on'
    return followed === 'go on' ? this.maybeStop() : followed
  }

  /** Weights, gradients and the batch just trained on, to look at. */
  private show({ workspace, resolved: { train } }: LoopParts): void {
    const { board } = this.options
    board?.histograms(this.buffers, this.state.step)
    board?.samples({ ...workspace, samples: workspace.trained, kind: train.kind }, this.state.step)
  }

  /** Noises that waited for what this check shows. */
  private beginNoises(): void {
    const { state } = this
    for (const { noise, reason } of nowBeginning(this.options.resolved.noises, state)) {
      state.begun[noise] = state.step
      this.say({ type: 'begin', step: state.step, noise, reason })
    }
  }

  /** Tries other strengths of the noise and goes on with the best. */
  private async steer(checker: Checker, parts: LoopParts): Promise<void> {
    const { state } = this
    const { noises, recipe } = this.options.resolved
    const { by, bound } = recipe.monitor.steer!
    const { best, tried } = await trySteering(parts, () => checker.sampleScores(by))
    if (!best) return
    const before = state.controls
    state.controls = scaled(before, noises, best.factor, bound)
    this.monitor?.adopt(state.controls)
    if (this.monitor) state.monitor = this.monitor.state()
    for (const { name } of noises) {
      const { gain, hold } = state.controls[name]
      const from = before[name]?.gain ?? 1
      if (gain === from) continue
      const reason = `${name} is turned ${gain < from ? 'down' : 'up'}: gain ${brief(from)} to ${brief(gain)}; beside a short branch left as it is, ${by} gained ${tried.map(toldOf).join(', ')}.`
      this.say({ type: 'adjust', step: state.step, noise: name, gain, hold, reason })
    }
  }

  /** Ends the run where the recipe's rule says so. */
  private maybeStop(): Outcome {
    const { stop } = this.options.resolved
    const { history, best } = this.state
    const reason = stop && reasonToStop(stop, history, best?.step)
    if (!reason) return 'go on'
    return this.stopFor(reason)
  }

  private stopFor(reason: string): 'stop' {
    this.state.stopped = reason
    this.say({ type: 'stop', step: this.state.step, reason })
    return 'stop'
  }

  /** Measures, says so, and keeps the weights where they are the best. */
  private async look(
    checker: Checker,
    moment: Moment,
    levels: Levels,
    observer: Observer,
  ): Promise<Measures> {
    const { state } = this
    const { event, verdict } = await checker.check(state, moment, levels, observer)
    this.say({ ...event, ...this.norms() })
    if (verdict) {
      state.best = verdict
      this.best.set(measuredWeights(this.buffers))
    }
    return event.clean as Measures
  }

  private norms() {
    const { sumOfSquares } = this.parts
    const { gradients, parameters } = this.buffers
    return {
      gradientNorm: Math.sqrt(sumOfSquares(gradients)),
      parameterNorm: Math.sqrt(sumOfSquares(parameters)),
    }
  }

  /** Does what the monitor decided; its events come after those of a way back, which replaces others. */
  private follow({ events, action }: Decision): Outcome {
    const { state } = this
    const isEarly = state.step <= restartShare * stepsOf(this.options.resolved)
    const isBack = action === 'rewind' || (action === 'restart' && isEarly)
    if (action === 'rewind') this.goBack()
    else if (isBack) this.startAnew()
    for (const event of events) this.say(event)
    for (const { name } of this.options.resolved.noises)
      state.controls[name] = { ...this.monitor!.control(name) }
    state.monitor = this.monitor!.state()
    if (isBack) this.save()
    if (action === 'stop') return this.stopFor(reasonOf(events))
    return isBack ? 'rewind' : 'go on'
  }

  /** Shows the monitor a run whose loss is no number; true when noise was turned down and it may go on. */
  private async recover(parts: LoopParts): Promise<boolean> {
    if (!this.monitor || this.options.resolved.recipe.monitor.onOveruse !== 'adjust') return false
    const decision = await this.monitor.observe(divergedCheck(parts))
    if (decision.action !== 'rewind' || !decision.events.some(e => e.type === 'adjust'))
      return false
    this.follow(decision)
    return true
  }

  /** Weights, optimizer and step of the last checkpoint, or of the start. */
  private goBack(): void {
    const { checkpoints } = this.options
    const { controls, monitor } = this.state
    if (listCheckpoints(checkpoints).length) {
      this.restore(latestCheckpoint(checkpoints))
      Object.assign(this.state, { controls, monitor })
    } else this.startAnew()
  }

  /** The weights of the start; what was decided stays decided. */
  private startAnew(): void {
    const { planHash, resolved } = this.options
    const { controls, monitor } = this.state
    fillParameters(this.buffers, resolved.opened.parameters)
    for (const moment of this.buffers.moments) moment.fill(0)
    if (this.buffers.memory) resetMemory(this.buffers.memory)
    this.buffers.sampleLosses?.fill(0)
    Object.assign(this.state, freshState(planHash, controls), { monitor })
    this.say({ type: 'resumed', fromStep: 0 })
  }

  /** Turns every noise up or down by what the last check left of the budget. */
  private seek(clean: number, checker: Checker): void {
    const { controls, history, step } = this.state
    const baseline = this.baseline(history)
    const budget = checker.budget(baseline)
    for (const { name } of this.options.resolved.noises) {
      const { control, reason } = seek(controls[name], { clean, baseline, budget })
      if (control.gain !== controls[name].gain)
        this.say({
          type: 'adjust',
          step,
          noise: name,
          gain: control.gain,
          hold: 0,
          reason: `${name}: ${reason}`,
        })
      controls[name] = control
    }
  }

  /** The clean score that drops are counted from. */
  private baseline(history: RunState['history']): number {
    const isGiven = this.options.resolved.recipe.monitor.baseline === 'given'
    return isGiven ? history[0].figures.cleanScore : bestOf(history, 'cleanScore')!
  }

  /** Says once a run what a noise could not be put on. */
  private noteOnce(noise: string, reason: string): void {
    if (this.noted.has(noise)) return
    this.noted.add(noise)
    this.say({ type: 'note', step: this.state.step, noise, reason })
  }

  private save(): void {
    saveCheckpoint(this.options.checkpoints, this.state, this.buffers, this.best)
    this.say({ type: 'checkpoint', step: this.state.step })
  }

  /** The weights as the checks see them: views on the flat buffer, always current. */
  private weights(): Map<string, Float32Array> {
    const { layout } = this.buffers
    const weights = measuredWeights(this.buffers)
    return new Map(layout.slots.map(slot => [slot.name, viewOf(weights, slot)]))
  }
}

/** Full strength, or what a search of the strength begins with. */
function startControls({ recipe: { monitor }, noises }: Resolved): RunState['controls'] {
  const { steer, seekStrongest } = monitor
  if (!steer && !seekStrongest) return {}
  const { first: gain, bound } = steer ?? { first: firstControl.gain, bound: firstControl.ceiling }
  return Object.fromEntries(noises.map(({ name }) => [name, { gain, hold: 0, ceiling: bound }]))
}

/** Severe overuse in this share of the run starts it anew; later there is too much to lose. */
const restartShare = 0.25

const stepsOf = ({ lengths }: Resolved) => lengths.epochs * lengths.batchesPerEpoch

const brief = (value: number) => Number(value.toPrecision(3))
const toldOf = ({ factor, gained, error }: Tried) =>
  `${gained.toFixed(4)} +- ${error.toFixed(4)} at ${factor} times the strength`

/** What the overuse events of a decision say, in one text. */
function reasonOf(events: readonly MonitorEvent[]): string {
  const reasons = events.filter(e => e.type === 'overuse').map(e => e.reason)
  return `noise is overused: ${[...new Set(reasons)].join(' ')}`
}
