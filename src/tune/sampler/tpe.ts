/** The tree-structured Parzen estimator (Bergstra et al. 2011). */
import { keyOf, Random } from '../../base/index.js'
import type { Parameter, SearchValue } from '../../recipe/index.js'
import { drawPoint } from './draw.js'
import { halton } from './halton.js'
import { choiceEstimator, type Estimator, rangeEstimator } from './parzen.js'
import { better } from './rank.js'
import type { Observation, Sampler } from './types.js'
import { fromUnit, stepOf, toUnit } from './unit.js'

/** Trials of the scrambled Halton start. */
export const startTrials = 10
const candidates = 24

/** Share of the ended trials that are good, and how many at most. */
const goodShare = 0.15
const mostGood = 25

/**
 * Each parameter on its own: of 24 draws from the density of the good trials, l, the one where l / g
 * is largest, g being the density of the others. Running trials count among the others (the constant
 * liar), so that parallel workers keep apart.
 */
export const tpe: Sampler = question => {
  const { space, index, seed, history } = question
  const ended = history.filter(trial => trial.outcome).length
  if (ended < startTrials) return halton(question)
  const { good, rest } = split(history, Math.min(Math.ceil(goodShare * ended), mostGood))
  return drawPoint(space, (parameter, dimension) => {
    const random = new Random(keyOf(seed, 'tune:tpe', index, dimension))
    return chooseValue(
      parameter,
      estimatorOf(parameter, good),
      estimatorOf(parameter, rest),
      random,
    )
  })
}

function split(history: readonly Observation[], count: number) {
  const order = better(history)
  const chosen = new Set(order.slice(0, count))
  return {
    good: history.filter((_, i) => chosen.has(i)),
    rest: history.filter((_, i) => !chosen.has(i)),
  }
}

function chooseValue(
  { domain }: Parameter,
  good: Estimator,
  rest: Estimator,
  random: Random,
): SearchValue {
  let [best, most] = [0, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < candidates; i++) {
    const value = good.draw(random)
    const gain = good.logDensity(value) - rest.logDensity(value)
    if (gain > most) [best, most] = [value, gain]
  }
  return domain.kind === 'choice' ? domain.values[best] : fromUnit(domain, best)
}

/** Over the trials that have the parameter. */
function estimatorOf({ name, domain }: Parameter, trials: readonly Observation[]): Estimator {
  const values = trials.map(trial => trial.point[name]).filter(value => value !== undefined)
  if (domain.kind === 'range')
    return rangeEstimator(
      values.map(value => toUnit(domain, value as number)),
      stepOf(domain),
    )
  return choiceEstimator(
    values.map(value => domain.values.indexOf(value)),
    domain.values.length,
  )
}
