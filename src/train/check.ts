/** What a check measures, and which weights are worth keeping. */
import type { Moment } from '../base/index.js'
import { type Dataset, limit } from '../data/index.js'
import type { Device } from '../engine/index.js'
import { measureSuite, type Suite, suiteOf, usualSuite } from '../evaluate/index.js'
import { modelPredictor, type Predictor } from '../model/index.js'
import type { Answers as Observed } from '../monitor/index.js'
import type { Resolved } from '../recipe/index.js'
import type { Measures, NewEvent } from '../record/index.js'
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
 * two checks are paired, and keeps the best: the most accurate under noise among those whose clean
 * score stays within the budget of the best clean one, or of the model as it was given. Without
 * noise in the recipe the best is the best clean score.
 */
export class Checker {
  private constructor(
    private readonly resolved: Resolved,
    private readonly samples: Dataset,
    private readonly predictor: Predictor,
  ) {}

  static async open(
    resolved: Resolved,
    weights: ReadonlyMap<string, Float32Array>,
    { threads, device }: CheckerOptions,
  ): Promise<Checker> {
    const { recipe, validation, opened, plan } = resolved
    const samples = limit(validation, recipe.monitor.samples, recipe.seed)
    const predictor = await modelPredictor(opened, {
      sampleShape: validation.shape,
      preprocess: plan.preprocess as never,
      threads,
      device,
      weights,
    })
    return new Checker(resolved, samples, predictor)
  }

  async check(
    state: RunState,
    moment: Moment,
    levels: Record<string, number>,
    observer: Observer,
  ): Promise<CheckResult> {
    const { recipe } = this.resolved
    const { clean, noisy } = await this.measure(
      suiteOf(recipe.monitor.suite ?? usualSuite[this.samples.kind], this.samples),
      observer,
    )
    const event: NewEvent = {
      type: 'check',
      step: state.step,
      epoch: moment.epoch,
      clean,
      noisy,
      cleanLoss: clean.loss ?? null,
      noisyLoss: noisy.loss ?? null,
      levels,
    }
    return { event, verdict: this.judge(state, clean, noisy) }
  }

  /** The clean answers of the weights as they are. */
  async cleanAnswers(): Promise<Observed> {
    const observer = new Observer()
    await this.measure({ name: 'clean', preset: '', tldr: '', conditions: [] }, observer)
    return observer.result().clean
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
    })
  }

  close(): Promise<void> {
    return this.predictor.close()
  }

  private judge(
    state: RunState,
    clean: Measures,
    noisy: Measures,
  ): NonNullable<RunState['best']> | undefined {
    const { recipe, noises } = this.resolved
    const [cleanScore, noisyScore] = [scoreOf(clean), scoreOf(noisy)]
    const isGiven = recipe.monitor.baseline === 'given'
    state.bestClean ??= cleanScore
    if (!isGiven) state.bestClean = Math.max(state.bestClean, cleanScore)
    const candidate = { step: state.step, cleanScore, noisyScore }
    if (!noises.length)
      return !state.best || cleanScore > state.best.cleanScore
        ? { ...candidate, reason: 'best clean score' }
        : undefined
    // Two shares of the same samples differ by whole samples: far more than rounding.
    const floor = state.bestClean - this.budget(state) - 1e-9
    const { best } = state
    const beats = !best || best.cleanScore < floor || noisyScore > best.noisyScore
    const from = isGiven ? 'that of the given model' : 'the best'
    const reason = `best noisy score with the clean one within ${this.budgetText()} of ${from}`
    return cleanScore >= floor && beats ? { ...candidate, reason } : undefined
  }

  /** Largest fall of the clean score: absolute for accuracies, relative for errors. */
  budget({ bestClean }: RunState): number {
    const { maxCleanDrop } = this.resolved.recipe.monitor
    return maxCleanDrop * (bestClean !== null && bestClean < 0 ? -bestClean : 1)
  }

  private budgetText(): string {
    const { maxCleanDrop } = this.resolved.recipe.monitor
    return this.samples.targets ? `${100 * maxCleanDrop} % (relative)` : String(maxCleanDrop)
  }
}

/** Accuracy, or minus the error of a regression: higher is better. */
export function scoreOf(measures: Measures): number {
  return measures.accuracy ?? -(measures.rmse ?? Number.POSITIVE_INFINITY)
}
