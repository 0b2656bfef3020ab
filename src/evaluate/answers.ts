import type { Batch, Dataset } from '../data/index.js'
import { type Answers, answersOf, Meter, type Values } from '../metrics/index.js'
import type { Predictor } from '../model/index.js'

/** Reads raw outputs as a classifier's answers or a regression's values, as the data say. */
export class AnswerReader {
  private readonly isRegression: boolean

  constructor(
    private readonly predictor: Predictor,
    data: Dataset,
  ) {
    this.isRegression = data.targets !== undefined
  }

  /** @param isDetailed with the bins of a reliability diagram and the accuracy of each class */
  meter(isDetailed = false): Meter {
    const columns = this.predictor.outputSize
    return this.isRegression
      ? new Meter({ task: 'regression', columns })
      : new Meter({
          task: 'classification',
          columns: Math.max(2, columns),
          also: isDetailed ? ['reliability', 'classAccuracy'] : [],
        })
  }

  read(outputs: Float32Array, batch: Batch, clean?: Answers | Values): Answers | Values {
    const { outputSize: columns } = this.predictor
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

  /** The class one sample is most probably of, and how probable. */
  top(outputs: Float32Array): { prediction: number; confidence?: number } {
    const { predictions, probabilities } = this.classify(outputs)
    const [prediction] = predictions
    return prediction < 0 ? { prediction } : { prediction, confidence: probabilities[prediction] }
  }

  private classify(outputs: Float32Array, labels?: ArrayLike<number>, clean?: Answers): Answers {
    const { outputKind, outputSize: columns } = this.predictor
    const isIndependent = outputKind === 'sigmoid' && columns > 1
    const isProbability =
      outputKind === 'probabilities' || (outputKind === 'sigmoid' && !isIndependent)
    return answersOf(isIndependent ? logits(outputs) : outputs, {
      kind: isProbability ? 'probabilities' : 'logits',
      columns,
      labels,
      clean,
    })
  }
}

/** log(p / (1 - p)): independent probabilities as scores that rank the same. */
function logits(probabilities: Float32Array): Float32Array {
  return probabilities.map(p => Math.log(p / (1 - p)))
}
