/** How much noise on the weights a model takes, and how sharp its minimum is. */
import type { Scorecard } from '../../record/index.js'
import type { ConditionDraws, DrawScore } from './draws.js'

type Internal = NonNullable<Scorecard['internal']>

/**
 * For each kind of a growing level: where the score has fallen by the budget, draw by draw, straight
 * lines between the levels. The median of n draws lies between the least and the greatest of them with
 * probability 1 - 2^(1 - n).
 */
export function tolerances(
  measured: readonly ConditionDraws[],
  clean: DrawScore,
  budget: number,
): NonNullable<Internal['tolerance']> {
  return laddersOf(measured.filter(isPlain)).flatMap(ladder => {
    const steps = [...ladder].sort((a, b) => levelOf(a) - levelOf(b))
    if (steps.length < 2 || steps[0].draws.length < 2 || !isGrowing(steps)) return []
    const floor = clean.score - budget * (clean.score < 0 ? -clean.score : 1)
    const crossings = steps[0].draws
      .map((_, draw) => crossing(steps, draw, clean.score, floor))
      .sort((a, b) => a - b)
    const known = (level: number) => (Number.isFinite(level) ? level : null)
    const { kind, level } = steps[0].condition
    return {
      kind,
      levelName: Object.keys(level)[0],
      budget,
      level: known(medianOf(crossings)),
      interval: [known(crossings[0]), known(crossings.at(-1)!)] as [number | null, number | null],
      confidence: 1 - 2 ** (1 - crossings.length),
      strongest: levelOf(steps.at(-1)!),
      draws: crossings.length,
    }
  })
}

/** Conditions that differ in strength alone. */
function laddersOf(measured: readonly ConditionDraws[]): ConditionDraws[][] {
  const ladders = new Map<string, ConditionDraws[]>()
  for (const step of measured) {
    const { kind, level, match } = step.condition
    const name = JSON.stringify([kind, Object.keys(level), match])
    ladders.set(name, [...(ladders.get(name) ?? []), step])
  }
  return [...ladders.values()]
}

/** The rise of the loss under random steps of length rho times the norm of each tensor. */
export function sharpness(
  measured: readonly ConditionDraws[],
  clean: DrawScore,
): NonNullable<Internal['sharpness']> {
  const found = measured.filter(({ condition }) => condition.kind === 'random_direction')
  return found.map(({ condition, draws }) => {
    const rises = draws.map(({ loss }) => loss - clean.loss).sort((a, b) => a - b)
    return {
      rho: condition.level.rho,
      lossRise: rises.reduce((a, b) => a + b, 0) / rises.length,
      interval: [rises[0], rises.at(-1)!] as [number, number],
      draws: rises.length,
    }
  })
}

const levelOf = ({ condition }: ConditionDraws): number => Object.values(condition.level)[0]

const isPlain = ({ condition }: ConditionDraws) => Object.keys(condition.level).length === 1

/** Levels where more is stronger: bits are not. */
const isGrowing = ([first]: readonly ConditionDraws[]) => !('bits' in first.condition.level)

/** Where one draw's curve first falls to the floor; infinity where it never does. */
function crossing(
  steps: readonly ConditionDraws[],
  draw: number,
  clean: number,
  floor: number,
): number {
  let [level, score] = [0, clean]
  for (const step of steps) {
    const [next, found] = [levelOf(step), step.draws[draw].score]
    if (found <= floor)
      return score === found ? next : level + ((score - floor) / (score - found)) * (next - level)
    ;[level, score] = [next, found]
  }
  return Number.POSITIVE_INFINITY
}

function medianOf(sorted: readonly number[]): number {
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
