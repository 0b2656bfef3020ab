/** Several predictors as one: the mean of their answers, and how they differ. */
import { UsageError } from '../../base/index.js'
import type { Dataset } from '../../data/index.js'
import type { MemberSpread } from '../../metrics/index.js'
import type { Predictor } from '../../model/index.js'
import { AnswerReader } from '../answers.js'

/** What an ensemble needs of a member. */
export type Member = Pick<Predictor, 'outputKind' | 'outputSize' | 'places' | 'predict' | 'close'>

/**
 * An ensemble: mean probabilities of classifiers (Lakshminarayanan et al. 2017), mean outputs of
 * regressions. Throws UsageError for members that answer different numbers of outputs.
 */
export function ensemble(members: readonly Member[], data: Dataset): Predictor {
  const [{ outputSize, places }] = members
  const other = members.find(member => member.outputSize !== outputSize)
  if (other)
    throw new UsageError(
      `--ensemble: the members answer ${outputSize} and ${other.outputSize} numbers a sample; they have to agree.`,
    )
  const spreads = new WeakMap<Float32Array, MemberSpread>()
  const isRegression = data.targets !== undefined
  return {
    outputKind: isRegression ? members[0].outputKind : 'probabilities',
    outputSize,
    places,
    async predict(samples, rows) {
      const outputs: Float32Array[] = []
      for (const member of members) outputs.push(await member.predict(samples, rows))
      if (isRegression) return meanOf(outputs)
      const { mean, spread } = combined(outputs, members, data)
      spreads.set(mean, spread)
      return mean
    },
    spread: answer => spreads.get(answer),
    async close() {
      for (const member of members) await member.close()
    },
  }
}

function meanOf(outputs: readonly Float32Array[]): Float32Array {
  return outputs[0].map((_, i) => outputs.reduce((sum, o) => sum + o[i], 0) / outputs.length)
}

/** Mean probabilities, mean entropy, and the share of votes beside the most frequent. */
function combined(outputs: readonly Float32Array[], members: readonly Member[], data: Dataset) {
  const answers = outputs.map((raw, m) => new AnswerReader(members[m], data).answers(raw))
  const [{ samples, classes }] = answers
  const probabilities = answers.map(a => a.probabilities)
  const mean = Float64Array.from(probabilities[0], (_, i) =>
    probabilities.reduce((sum, p) => sum + p[i] / answers.length, 0),
  )
  const expectedEntropy = new Float64Array(samples)
  const variationRatio = new Float64Array(samples)
  for (let i = 0; i < samples; i++) {
    const votes = new Map<number, number>()
    for (const { predictions, probabilities: p, logProbabilities: l } of answers) {
      votes.set(predictions[i], (votes.get(predictions[i]) ?? 0) + 1)
      for (let j = i * classes; j < (i + 1) * classes; j++)
        if (p[j] > 0) expectedEntropy[i] -= (p[j] * l[j]) / answers.length
    }
    variationRatio[i] = 1 - Math.max(...votes.values()) / answers.length
  }
  // One output is the probability of the second of two classes.
  const [{ outputSize, places = 1 }] = members
  const isSingle = outputSize === places
  const shown = isSingle ? mean.filter((_, i) => i % 2 === 1) : mean
  return { mean: Float32Array.from(shown), spread: { expectedEntropy, variationRatio } }
}
