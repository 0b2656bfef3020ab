/** What a check measures, and which weights are worth keeping. */
import type { Moment } from '../base/index.js'
import { type Dataset, epochOrder, limit, subset } from '../data/index.js'
import type { Device } from '../engine/index.js'
import { measureSuite, type Suite, suiteOf, usualSuite } from '../evaluate/index.js'
import { modelPredictor, type Predictor } from '../model/index.js'
import { figuresOf, type Measured, type Answers as Observed, type Under } from '../monitor/index.js'
import type { Resolved } from '../recipe/index.js'
import type { Measures, NewEvent } from '../record/index.js'
import { type CheckSize, checkSizeOf } from './check-size.js'
import { Observer } from './observation.js'
import type { RunState } from './state.js'

export interface CheckerOptions {
  readonly threads: number
  readonly device: Device
}

export interface CheckResult {
  readonly event: NewEvent
  /** The new best, where this check is one. */
  readonly verdict?: NonNullable<RunState['best']>
}

/**
 * Measures the current weights on fixed held-out samples with fixed noise draws, so the curves of
 * two checks are paired, and keeps the best by the recipe's rule.
 */
export class Checker {
  private constructor(
    private readonly resolved: Resolved,
    private readonly samples: Dataset,
    private readonly size: CheckSize,
    private readonly predictor: Predictor,
  ) {}

  static async open(
    resolved: Resolved,
    weights: ReadonlyMap<string, Float32Array>,
    { threads, device }: CheckerOptions,
  ): Promise<Checker> {
    const { recipe, validation, opened, plan } = resolved
    const size = checkSizeOf(resolved)
    const samples = heldOut(validation, size, recipe.seed)
    const predictor = await modelPredictor(opened, {
      sampleShape: validation.shape,
      preprocess: plan.preprocess as never,
      threads,
      device,
      weights,
    })
    return new Checker(resolved, samples, size, predictor)
  }

  async check(
    state: RunState,
    moment: Moment,
    levels: Record<string, number>,
    observer: Observer,
  ): Promise<CheckResult> {
    const measured = await this.measure(this.suite(), observer)
    const [clean, noisy] = [measured.clean, measured.noisy!].map(withoutBins)
    const event: NewEvent = {
      type: 'check',
      step: state.step,
      epoch: moment.epoch,
      clean,
      noisy,
      cleanLoss: clean.loss ?? null,
      noisyLoss: noisy.loss ?? null,
      ...classDamage(clean, noisy),
      levels,
    }
    return { event, verdict: this.judge(state, { clean, noisy }) }
  }

  /** The answers of the weights as they are, on samples without noise or under the suite. */
  async answers(under: Under): Promise<Observed> {
    const observer = new Observer()
    await this.measure(under === 'clean' ? noSuite : this.suite(), observer)
    return observer.result()[under]
  }

  /** Sample by sample, how well the weights do: what scores are the means of; higher is better. */
  async sampleScores(by: ScoreName): Promise<Float64Array> {
    const observer = new Observer()
    await this.measure(this.suite(), observer)
    const { clean, noisy } = observer.result()
    const [ofClean, ofNoisy] = [goodness(clean), goodness(noisy)]
    const noisyShare = { cleanScore: 0, noisyScore: 1, robustScore: 0.5 }[by]
    const looks = ofNoisy.length / ofClean.length
    return Float64Array.from(ofClean, (value, i) => {
      let sum = 0
      for (let look = 0; look < looks; look++) sum += ofNoisy[look * ofClean.length + i]
      return (1 - noisyShare) * value + (looks ? noisyShare * (sum / looks) : 0)
    })
  }

  private suite(): Suite {
    return suiteOf(
      this.resolved.recipe.monitor.suite ?? usualSuite[this.samples.kind],
      this.samples,
    )
  }

  /** The held-out samples every check looks at. */
  get heldOut(): Dataset {
    return this.samples
  }

  private measure(suite: Suite, observer: Observer) {
    return measureSuite({
      predictor: this.predictor,
      data: this.samples,
      suite,
      seed: this.resolved.recipe.seed,
      deviations: this.resolved.deviations,
      onAnswers: observer.add,
      batch: this.batch(),
      looks: this.size.looks,
      also: ['detailed'],
      together: true,
    })
  }

  /**
   * Samples a session call, within bounds: twice as many as a step trains take less memory than the step.
   * Where each sample meets some conditions only, so many that all conditions are met equally often.
   */
  private batch(): number {
    const most = Math.min(256, Math.max(64, 2 * this.resolved.recipe.train.batch))
    const { samples, looks, conditions } = this.size
    if (looks === conditions) return most
    const rounds = Math.ceil(samples / (conditions * most))
    return Math.max(1, Math.floor(samples / (conditions * rounds)))
  }

  close(): Promise<void> {
    return this.predictor.close()
  }

  /** Takes the check into the history; the new best, where it is one by the rule. */
  private judge(state: RunState, seen: Measured): NonNullable<RunState['best']> | undefined {
    const { keep } = this.resolved
    const figures = figuresOf(seen)
    state.history.push({ step: state.step, figures })
    if (!keep.prefers(state.history, state.best?.figures)) return undefined
    return { step: state.step, figures, reason: keep.text }
  }

  /** Largest fall of the clean score: absolute for accuracies, relative for errors. */
  budget(baseline: number): number {
    const { maxCleanDrop } = this.resolved.recipe.monitor
    return maxCleanDrop * (baseline < 0 ? -baseline : 1)
  }
}

/** The samples of a check; in an order that has nothing to do with classes, where conditions are dealt out. */
function heldOut(validation: Dataset, { samples, looks, conditions }: CheckSize, seed: number) {
  const chosen = limit(validation, samples, seed)
  return looks === conditions ? chosen : subset(chosen, epochOrder({ length: samples }, seed, 0))
}

const noSuite: Suite = { name: 'clean', preset: '', tldr: '', conditions: [] }

/** Reliability diagrams are for scorecards. */
function withoutBins({ reliability: _, ...measures }: Measures): Measures {
  return measures
}

/** What the suite costs each class: its clean accuracy less its noisy one; null for one without samples. */
function classDamage(clean: Measures, noisy: Measures): { classDamage?: (number | null)[] } {
  const [before, after] = [clean.classAccuracy, noisy.classAccuracy]
  if (!before || !after) return {}
  return {
    classDamage: before.map((accuracy, c) =>
      accuracy === null || after[c] === null ? null : accuracy - after[c],
    ),
  }
}

/** What a steered run is to get best at. */
export type ScoreName = 'cleanScore' | 'noisyScore' | 'robustScore'

/** 1 and 0 for right and wrong answers; minus the squared error of a regression. */
const goodness = ({ right, squaredErrors }: Observed): ArrayLike<number> =>
  right ?? squaredErrors!.map(e => -e)

/** Accuracy, or minus the error of a regression: higher is better. */
export function scoreOf(measures: Measures): number {
  return measures.accuracy ?? -(measures.rmse ?? Number.POSITIVE_INFINITY)
}
