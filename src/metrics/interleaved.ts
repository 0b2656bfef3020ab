/** Several answers to the same samples as one batch: what is summed over it does not depend on the batch. */
import type { Answers, MemberSpread } from './answers.js'
import type { Values } from './values.js'

/** All draws of the first sample, then all of the second, ... */
export function interleaved(draws: readonly (Answers | Values)[]): Answers | Values {
  if (draws.length === 1) return draws[0]
  return 'predictions' in draws[0]
    ? answersOf(draws as readonly Answers[])
    : valuesOf(draws as readonly Values[])
}

function answersOf(draws: readonly Answers[]): Answers {
  const [{ samples, classes, logits, labels, clean, members }] = draws
  const woven = (width: number, of: (answers: Answers) => ArrayLike<number>) =>
    weave(draws.map(of), width, new Float64Array(samples * draws.length * width))
  const predictions = draws.map(draw => draw.predictions)
  return {
    samples: samples * draws.length,
    classes,
    probabilities: woven(classes, draw => draw.probabilities),
    logProbabilities: woven(classes, draw => draw.logProbabilities),
    predictions: weave(predictions, 1, new Int32Array(samples * draws.length)),
    ...(logits && { logits: woven(classes, draw => draw.logits!) }),
    ...(labels && { labels: woven(1, draw => draw.labels!) }),
    ...(clean && { clean: answersOf(draws.map(draw => draw.clean!)) }),
    ...(members && { members: spreadOf(woven) }),
  }
}

type Woven = (width: number, of: (answers: Answers) => ArrayLike<number>) => Float64Array

const spreadOf = (woven: Woven): MemberSpread => ({
  expectedEntropy: woven(1, draw => draw.members!.expectedEntropy),
  variationRatio: woven(1, draw => draw.members!.variationRatio),
})

function valuesOf(draws: readonly Values[]): Values {
  const [{ samples, columns, targets, clean }] = draws
  const woven = (of: (values: Values) => ArrayLike<number>) =>
    weave(draws.map(of), columns, new Float64Array(samples * draws.length * columns))
  return {
    samples: samples * draws.length,
    columns,
    outputs: woven(draw => draw.outputs),
    ...(targets && { targets: woven(draw => draw.targets!) }),
    ...(clean && { clean: woven(draw => draw.clean!) }),
  }
}

/** Rows of `width` of each in turn. */
function weave<To extends Float64Array | Int32Array>(
  from: readonly ArrayLike<number>[],
  width: number,
  to: To,
): To {
  for (const [draw, values] of from.entries())
    for (let i = 0; i < values.length; i++) {
      const row = Math.floor(i / width)
      to[(row * from.length + draw) * width + (i % width)] = values[i]
    }
  return to
}
