import type { Batch, Dataset } from '../data/index.js'
import {
  type Answers,
  answersOf,
  detailedMetrics,
  Meter,
  metrics,
  type Values,
} from '../metrics/index.js'
import type { Predictor } from '../model/index.js'

/** Reads raw outputs as a classifier's answers or a regression's values, as the data say. */
export class AnswerReader {
  private readonly isRegression: boolean

  constructor(
    private readonly predictor: Pick<Predictor, 'outputKind' | 'outputSize' | 'places' | 'spread'>,
    data: Pick<Dataset, 'targets'>,
  ) {
    this.isRegression = data.targets !== undefined
  }

  /** @param also measures beside the usual ones; `detailed` stands for those that cost little */
  meter(also: readonly string[] = []): Meter {
    const outputSize = this.columns
    const task = this.isRegression ? 'regression' : 'classification'
    const columns = this.isRegression ? outputSize : Math.max(2, outputSize)
    const names = also.flatMap(name => {
      if (name === 'all') return metrics[task].map(row => row.name)
      return name === 'detailed' ? detailedMetrics[task] : [name]
    })
    const fits = (name: string) => name !== 'top5Accuracy' || columns > 5
    return new Meter({ task, columns, also: names.filter(fits) })
  }

  /** Numbers an answer. */
  private get columns(): number {
    const { outputSize, places = 1 } = this.predictor
    return outputSize / places
  }

  read(outputs: Float32Array, batch: Batch, clean?: Answers | Values): Answers | Values {
    const { columns } = this
    if (this.isRegression)
      return {
        samples: batch.rows,
        columns,
        outputs,
        targets: batch.targets,
        clean: (clean as Values | undefined)?.outputs,
      }
    return this.classify(outputs, batch.labels, clean as Answers | undefined)
  }

  /** A classifier's raw outputs as answers, whatever is known of the samples. */
  answers(outputs: Float32Array): Answers {
    return this.classify(outputs)
  }

  /** The class one sample is most probably of, and how probable. */
  top(outputs: Float32Array): { prediction: number; confidence?: number } {
    const { predictions, probabilities } = this.classify(outputs)
    const [prediction] = predictions
    return prediction < 0 ? { prediction } : { prediction, confidence: probabilities[prediction] }
  }

  /** A batch of outputs as classes. */
  classify(outputs: Float32Array, labels?: ArrayLike<number>, clean?: Answers): Answers {
    const { outputKind } = this.predictor
    const { columns } = this
    const isIndependent = outputKind === 'sigmoid' && columns > 1
    const isProbability =
      outputKind === 'probabilities' || (outputKind === 'sigmoid' && !isIndependent)
    return answersOf(isIndependent ? logits(outputs) : outputs, {
      kind: isProbability ? 'probabilities' : 'logits',
      columns,
      labels,
      clean,
      members: this.predictor.spread?.(outputs),
    })
  }
}

/** log(p / (1 - p)): independent probabilities as scores that rank the same. */
function logits(probabilities: Float32Array): Float32Array {
  return probabilities.map(p => Math.log(p / (1 - p)))
}
