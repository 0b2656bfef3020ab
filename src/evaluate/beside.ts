/** What is measured beside a suite: prediction sets from held-out data, and data of another kind. */
import { DataError } from '../base/index.js'
import type { Dataset } from '../data/index.js'
import {
  type Answers,
  ConformalFit,
  ConformalMeter,
  conformalMethods,
  OutlierMeter,
  type Thresholds,
} from '../metrics/index.js'
import type { Predictor } from '../model/index.js'
import type { Measures, Scorecard } from '../record/index.js'
import { measureSuite } from './measure.js'
import type { Suite } from './suites/suite.js'

const nothing: Suite = { name: 'clean', preset: '', tldr: '', conditions: [] }

/** The clean answers to a data set, batch by batch. */
async function answer(
  predictor: Predictor,
  data: Dataset,
  onAnswers: (answers: Answers) => void,
  signal?: AbortSignal,
): Promise<void> {
  await measureSuite({
    predictor,
    data,
    suite: nothing,
    seed: 0,
    signal,
    onAnswers: clean => onAnswers(clean as Answers),
  })
}

/** Prediction sets, fitted once and followed through every condition. */
export class ConformalWatch {
  private readonly clean: ConformalMeter
  private readonly noisy: readonly ConformalMeter[]

  constructor(
    readonly facts: NonNullable<Scorecard['conformal']>,
    thresholds: Thresholds,
    suite: Suite,
  ) {
    this.clean = new ConformalMeter(thresholds)
    this.noisy = suite.conditions.map(() => new ConformalMeter(thresholds))
  }

  add(clean: Answers, noisy: readonly (readonly Answers[])[]): void {
    this.clean.update(clean)
    for (const [at, draws] of noisy.entries())
      for (const answers of draws) this.noisy[at].update(answers)
  }

  result(): { clean: Measures['conformal']; conditions: Measures['conformal'][] } {
    return { clean: this.clean.result(), conditions: this.noisy.map(meter => meter.result()) }
  }
}

/** Fits thresholds on held-out data; throws DataError where it has no labels. */
export async function conformalWatch(
  predictor: Predictor,
  held: Dataset,
  { suite, coverage, signal }: { suite: Suite; coverage: number; signal?: AbortSignal },
): Promise<ConformalWatch> {
  if (!held.labels)
    throw new DataError(`--conformal: ${held.name} has no labels; prediction sets need them.`)
  const fit = new ConformalFit()
  await answer(predictor, held, answers => fit.update(answers), signal)
  const thresholds = fit.thresholds(coverage)
  const shown = conformalMethods.map(name => {
    const value = thresholds[name]
    return [name, Number.isFinite(value) ? value : null] as const
  })
  const facts = { source: held.name, samples: fit.samples, coverage }
  return new ConformalWatch({ ...facts, thresholds: Object.fromEntries(shown) }, thresholds, suite)
}

/** Data of another kind, told from the clean samples by the model's uncertainty. */
export class OutlierWatch {
  constructor(
    private readonly other: Dataset,
    private readonly meter: OutlierMeter,
  ) {}

  add(clean: Answers): void {
    this.meter.addInside(clean)
  }

  result(): NonNullable<Scorecard['outOfDistribution']> {
    const { name, length } = this.other
    return { source: name, samples: length, measures: this.meter.result() }
  }
}

/** Answers the other data once; its labels, where it has any, do not matter. */
export async function outlierWatch(
  predictor: Predictor,
  other: Dataset,
  signal?: AbortSignal,
): Promise<OutlierWatch> {
  const meter = new OutlierMeter()
  const unlabelled = { ...other, labels: undefined, classes: undefined, targets: undefined }
  await answer(predictor, unlabelled, answers => meter.addOutside(answers), signal)
  return new OutlierWatch(other, meter)
}
