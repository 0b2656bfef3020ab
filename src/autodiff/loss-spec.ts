import { didYouMean, expected, UsageError } from '../base/index.js'
import { type LossName, losses } from './loss.js'
import type { Loss, LossParameter } from './loss-row.js'

/** A loss by name, or with its parameters: `{ kind: 'focal', gamma: 1 }`. */
export type LossSpec = LossName | { readonly kind: LossName; readonly [parameter: string]: unknown }

/** A loss with every parameter given and checked. */
export interface ResolvedLoss {
  readonly kind: LossName
  readonly row: Loss
  readonly levels: Readonly<Record<string, number>>
  /** Forward correction alone: row i holds how often class i is labelled as each class. */
  readonly transition?: readonly (readonly number[])[]
}

/** Checks a loss as a person gave it; throws UsageError with the path of what is wrong. */
export function resolveLoss(spec: LossSpec, where = 'loss'): ResolvedLoss {
  const { kind, ...given } = typeof spec === 'string' ? { kind: spec } : spec
  if (!Object.hasOwn(losses, kind))
    throw new UsageError(
      expected(
        where,
        `one of ${Object.keys(losses).join(', ')}`,
        kind,
        didYouMean(kind, Object.keys(losses)).trim(),
      ),
    )
  const row: Loss = losses[kind]
  const { transition, ...numbers } = given as Record<string, unknown>
  const levels = Object.entries(row.parameters).map(
    ([name, parameter]) =>
      [
        name,
        checkLevel(numbers[name] ?? parameter.default, parameter, `${where}.${name}`),
      ] as const,
  )
  refuseUnknown(Object.keys(numbers), Object.keys(row.parameters), where)
  if (transition === undefined) return { kind, row, levels: Object.fromEntries(levels) }
  if (kind !== 'forward-correction')
    throw new UsageError(`${where}: only forward-correction takes a transition matrix.`)
  return {
    kind,
    row,
    levels: Object.fromEntries(levels),
    transition: checkTransition(transition, where),
  }
}

function checkLevel(level: unknown, { low, high, whole }: LossParameter, where: string): number {
  const isNumber = whole ? Number.isInteger(level) : typeof level === 'number'
  if (isNumber && (level as number) >= low && (level as number) <= high) return level as number
  const kind = whole ? 'a whole number' : 'a number'
  throw new UsageError(expected(where, `${kind} from ${low} to ${high}`, level))
}

function refuseUnknown(given: readonly string[], known: readonly string[], where: string): void {
  for (const name of given)
    if (!known.includes(name))
      throw new UsageError(
        expected(
          `${where}.${name}`,
          known.length ? `one of ${known.join(', ')}` : 'no parameters',
          name,
          didYouMean(name, known).trim(),
        ),
      )
}

/** Square, with rows of probabilities. */
function checkTransition(given: unknown, where: string): number[][] {
  const rows = given as number[][]
  const isRow = (row: unknown) =>
    Array.isArray(row) &&
    row.length === rows.length &&
    row.every(chance => typeof chance === 'number' && chance >= 0) &&
    Math.abs(row.reduce((sum, chance) => sum + chance, 0) - 1) < 1e-4
  if (!Array.isArray(given) || !given.every(isRow))
    throw new UsageError(
      expected(
        `${where}.transition`,
        'a square matrix whose rows are probabilities that sum to 1',
        JSON.stringify(given),
      ),
    )
  return rows
}

/** Copies of each sample that a batch must hold for a loss, and whether the first stays clean. */
export function copiesOf(spec: LossSpec): {
  readonly copies: number
  readonly isFirstClean: boolean
} {
  const { row, levels } = resolveLoss(spec)
  return { copies: row.copies ? levels.copies : 1, isFirstClean: row.copies === 'first clean' }
}
