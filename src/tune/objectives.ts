import { didYouMean, UsageError } from '../base/index.js'

/** A measure to make better; trials are compared by these. */
export interface Objective {
  readonly name: string
  readonly better: 'higher' | 'lower'
  /** Its part in the one figure that stopping and the recommendation go by. */
  readonly weight: number
}

/** Held-out measures of a check, clean and under the monitor's suite: `cleanAccuracy`, `meanEce`, ... */
const measures = {
  Accuracy: 'higher',
  Loss: 'lower',
  Nll: 'lower',
  Brier: 'lower',
  Ece: 'lower',
  Rmse: 'lower',
  Mae: 'lower',
  R2: 'higher',
} as const

const directions: Readonly<Record<string, Objective['better']>> = {
  ...Object.fromEntries(
    ['clean', 'mean'].flatMap(where =>
      Object.entries(measures).map(([name, better]) => [`${where}${name}`, better]),
    ),
  ),
  meanAuroc: 'higher',
}

export const objectiveNames = Object.keys(directions)

/** What is searched for when nothing is said: well clean, and well under noise. */
export const usualObjectives = {
  classes: ['cleanAccuracy', 'meanAccuracy'],
  numbers: ['cleanRmse', 'meanRmse'],
} as const

/** One or two measures by name, `meanAccuracy` or with a weight `meanAccuracy=2`; throws UsageError. */
export function objectivesOf(texts: readonly string[]): Objective[] {
  const objectives = texts.map(objectiveOf)
  const names = new Set(objectives.map(({ name }) => name))
  if (objectives.length < 1 || objectives.length > 2 || names.size < objectives.length)
    throw new UsageError(
      `--objectives: expected one measure or two different ones, received ${texts.join(', ') || 'none'}.`,
    )
  return objectives
}

function objectiveOf(text: string): Objective {
  const [name, weight = '1'] = text.split('=')
  const better = directions[name]
  if (!better)
    throw new UsageError(
      `--objectives: expected measures such as ${objectiveNames.slice(0, 5).join(', ')}, received "${name}".${didYouMean(name, objectiveNames)}`,
    )
  if (!(Number(weight) > 0) || !Number.isFinite(Number(weight)))
    throw new UsageError(
      `--objectives: expected a weight above 0 for ${name}, received "${weight}".`,
    )
  return { name, better, weight: Number(weight) }
}

/** Losses (lower is better) of some measured values, one an objective; not a number where it is missing. */
export function lossesOf(
  objectives: readonly Objective[],
  values: Readonly<Record<string, number>>,
): number[] {
  return objectives.map(({ name, better }) => {
    const value = values[name] ?? Number.NaN
    return better === 'higher' ? -value : value
  })
}

/** The weighted mean of the losses: the one figure that trials are ranked by. */
export function lossOf(
  objectives: readonly Objective[],
  values: Readonly<Record<string, number>>,
): number {
  const losses = lossesOf(objectives, values)
  const total = objectives.reduce((sum, { weight }) => sum + weight, 0)
  return losses.reduce((sum, loss, i) => sum + loss * objectives[i].weight, 0) / total
}
