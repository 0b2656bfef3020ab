import type { Batch, Dataset } from '../data/index.js'
import { type Answers, answersOf, Meter, type Values } from '../metrics/index.js'
import type { Predictor } from './predictor.js'

/** Reads raw outputs as a classifier's answers or a regression's values, as the data say. */
export class AnswerReader {
  private readonly isRegression: boolean

  constructor(
    private readonly predictor: Predictor,
    data: Dataset,
  ) {
    this.isRegression = data.targets !== undefined
  }

  meter(): Meter {
    const columns = this.predictor.outputSize
    return this.isRegression
      ? new Meter({ task: 'regression', columns })
      : new Meter({ task: 'classification', columns: Math.max(2, columns) })
  }

  read(outputs: Float32Array, batch: Batch, clean?: Answers | Values): Answers | Values {
    const { outputKind, outputSize: columns } = this.predictor
    if (this.isRegression)
      return {
        samples: batch.rows,
        columns,
        outputs,
        targets: batch.targets,
        clean: (clean as Values | undefined)?.outputs,
      }
    const isProbability =
      outputKind === 'probabilities' || (outputKind === 'sigmoid' && columns === 1)
    return answersOf(outputKind === 'sigmoid' && columns > 1 ? logits(outputs) : outputs, {
      kind: isProbability ? 'probabilities' : 'logits',
      columns,
      labels: batch.labels,
      clean: clean as Answers | undefined,
    })
  }
}

/** log(p / (1 - p)): independent probabilities as scores that rank the same. */
function logits(probabilities: Float32Array): Float32Array {
  return probabilities.map(p => Math.log(p / (1 - p)))
}
