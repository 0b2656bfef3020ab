import { withDefaults } from '../base/index.js'
import type { Probe } from './attribute.js'
import { acquittal, type Blame, findBlame } from './blame.js'
import type { Check } from './check.js'
import {
  backOff,
  type ControlOptions,
  delay,
  grow,
  type NoiseControl,
  newControl,
} from './control.js'
import { type Evidence, type Judgement, type JudgeOptions, judge, newJudgeState } from './judge.js'
import { decodeState, encodeState, type MonitorState } from './state.js'

export type OnOveruse = 'warn' | 'adjust' | 'stop'

export interface MonitorOptions
  extends Partial<Omit<JudgeOptions, 'chance' | 'key'>>,
    Partial<ControlOptions>,
    Pick<JudgeOptions, 'chance' | 'key'> {
  /** Names of the noises it may turn down. */
  noises: readonly string[]
  onOveruse: OnOveruse
  /**
   * Harm to the clean score, shown by a short branch without a noise, that counts as overuse although
   * nothing else does: early in training any noise costs something. Default 0.04.
   */
  maxSuppression?: number
  /**
   * The same for the squared error of the confidence, on clean samples: it shows sooner than accuracy
   * that a model is kept from learning. Default 0.05.
   */
  maxUnsure?: number
  /** Checks after an adjustment in which it is given time to work. Default 2. */
  settle?: number
}

export type MonitorEvent =
  | {
      readonly type: 'overuse'
      readonly step: number
      /** The noise blamed; `all` when none could be told apart. */
      readonly noise: string
      readonly reason: string
      readonly evidence: Readonly<Record<string, unknown>>
    }
  | {
      /** Something got worse, and no noise did it. */
      readonly type: 'note'
      readonly step: number
      readonly noise: string
      readonly reason: string
    }
  | {
      readonly type: 'adjust'
      readonly step: number
      readonly noise: string
      readonly gain: number
      readonly hold: number
      readonly reason: string
    }

export interface Decision {
  readonly judgement: Judgement
  readonly events: readonly MonitorEvent[]
  /**
   * `rewind`: adjusted, and the parameters are lost: go on from the last good checkpoint. `restart`:
   * adjusted, and the harm was severe: what little was learnt is better learnt anew, while it is little.
   */
  readonly action: 'go on' | 'stop' | 'rewind' | 'restart'
}

const defaults = {
  maxCleanDrop: 0.01,
  maxNoisyDrop: 0.02,
  maxEceRise: 0.05,
  maxSuppression: 0.04,
  maxUnsure: 0.05,
  alpha: 0.05,
  graceChecks: 3,
  confirm: 2,
  suspicion: 0.4,
  backoff: 0.5,
  growth: 0.05,
  patience: 3,
  bound: 1,
  least: 0.05,
  settle: 2,
}

/** Watches a run in training: judges each check, blames, and turns noises down and up again. */
export class Monitor {
  private readonly options: MonitorOptions & typeof defaults
  private current: MonitorState

  constructor(options: MonitorOptions) {
    this.options = withDefaults(defaults, options)
    const controls = options.noises.map(noise => [noise, newControl(this.options)] as const)
    this.current = {
      judge: newJudgeState(),
      controls: Object.fromEntries(controls),
      comfortable: 0,
      failures: 0,
      settling: 0,
      probes: 0,
      quietUntil: 0,
      acquittals: 0,
      acquittedUntil: 0,
    }
  }

  /** Gain and hold of a noise: its level is scale(schedule(time - hold), gain). */
  control(noise: string): Readonly<NoiseControl> {
    return this.current.controls[noise] ?? newControl(this.options)
  }

  /**
   * Judges one check and decides. `probe` is called only on suspicion, and only where it can tell
   * something: it is what shows a noise that holds accuracy down from the start, and which of several.
   */
  async observe(check: Check, probe?: Probe): Promise<Decision> {
    const previous = this.current.lastStep ?? 0
    const judgement = judge(this.current.judge, check, this.options)
    this.current.lastStep = check.step
    if (this.current.settling > 0) this.current.settling--
    const confirmed = judgement.evidence.filter(e => e.confirmed && this.isNews(e))
    const active = this.options.noises.filter(noise => (check.levels[noise] ?? 0) !== 0)
    const { current: state, options } = this
    const suspect = { state, options, judgement, confirmed, active, check, probe }
    const blamed = await findBlame(suspect)
    if (!blamed) return { judgement, events: this.maybeGrow(judgement, check), action: 'go on' }
    if (blamed.acquits) return { judgement, events: [acquittal(blamed, check)], action: 'go on' }
    return this.act(judgement, blamed, check, check.step - previous)
  }

  /** Takes over strengths that something else decided. */
  adopt(controls: Readonly<Record<string, NoiseControl>>): void {
    Object.assign(this.current.controls, structuredClone(controls))
  }

  /** A plain value for a checkpoint; `restore` takes it back. */
  state(): unknown {
    return encodeState(this.current)
  }

  /** Throws DataError when the state is damaged. */
  restore(state: unknown): void {
    this.current = decodeState(state)
  }

  /** While an adjustment settles, only a run that diverged is news. */
  private isNews(evidence: Evidence): boolean {
    return this.current.settling === 0 || evidence.trouble === 'diverged'
  }

  private act(judgement: Judgement, blame: Blame, check: Check, interval: number): Decision {
    const { onOveruse } = this.options
    const { step } = check
    const [first] = blame.evidence
    const named = blame.found?.harmful.length || blame.noises.length === 1
    const overuse: MonitorEvent[] = (named ? blame.noises : ['all']).map(noise => ({
      type: 'overuse',
      step,
      noise,
      reason: blame.evidence.map(e => e.reason).join(' '),
      evidence: {
        troubles: blame.evidence.map(e => e.trouble),
        ...first.facts,
        ...(blame.found && { branches: blame.found.branches, harmful: blame.found.harmful }),
      },
    }))
    this.current.comfortable = 0
    this.current.failures++
    this.current.settling = this.options.settle + 1
    if (onOveruse === 'stop') return { judgement, events: overuse, action: 'stop' }
    if (onOveruse === 'warn') return { judgement, events: overuse, action: 'go on' }
    const adjusted = blame.noises.map(noise => this.turnDown(noise, first, check, interval))
    const severe = isSevere(first) ? 'restart' : 'go on'
    const action = first.trouble === 'diverged' ? 'rewind' : severe
    return { judgement, events: [...overuse, ...adjusted], action }
  }

  /** A schedule that still rises is first made to wait, where the harm is small; else the gain sinks. */
  private turnDown(
    noise: string,
    evidence: Evidence,
    check: Check,
    interval: number,
  ): MonitorEvent {
    const control = this.control(noise)
    const mild =
      evidence.trouble === 'cleanDrop' && evidence.facts.worse < 3 * this.options.maxCleanDrop
    const waits = mild && check.rising?.includes(noise) && control.hold === 0
    const times = isSevere(evidence) ? 2 : 1
    const next = waits ? delay(control, interval) : backOff(control, this.options, times)
    this.current.controls[noise] = next
    const reason = waits
      ? `${noise} waits: its schedule is ${next.hold} updates behind.`
      : next.gain === 0
        ? `${noise} is switched off: its gain fell below ${this.options.least}.`
        : `${noise} is turned down: gain ${round(control.gain)} to ${round(next.gain)}.`
    return { type: 'adjust', step: check.step, noise, gain: next.gain, hold: next.hold, reason }
  }

  /** What failed once is not soon tried again. */
  private patience(): number {
    return this.options.patience * 2 ** this.current.failures
  }

  /** After enough comfortable checks every noise below its bound grows by one step. */
  private maybeGrow(judgement: Judgement, { step }: Check): MonitorEvent[] {
    if (!judgement.comfortable || this.current.settling > 0) {
      this.current.comfortable = judgement.comfortable ? this.current.comfortable : 0
      return []
    }
    this.current.comfortable++
    if (this.options.onOveruse !== 'adjust' || this.current.comfortable < this.patience()) return []
    this.current.comfortable = 0
    return this.options.noises.flatMap(noise => {
      const control = this.control(noise)
      const next = grow(control, this.options)
      this.current.controls[noise] = next
      if (next.gain === control.gain) return []
      const reason =
        `${noise} is turned up: gain ${round(control.gain)} to ${round(next.gain)} after ` +
        `${this.patience()} checks well inside the budget.`
      return [{ type: 'adjust', step, noise, gain: next.gain, hold: next.hold, reason } as const]
    })
  }
}

/** Harm, in points of the score or the ECE, that calls for more than one step down. */
const severeHarm = 0.08

/** Nothing learnt at all, or far more harm than is allowed. */
function isSevere({ trouble, facts }: Evidence): boolean {
  const { raises, worse = 0, margin = 0, unsure = 0, maxUnsure = 0 } = facts
  if (trouble === 'drowned' || unsure > Math.max(severeHarm, 2 * maxUnsure)) return true
  return (raises ?? worse) > Math.max(severeHarm, 2 * margin)
}

const round = (value: number) => Number(value.toPrecision(3))
