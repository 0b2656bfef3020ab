/**
 * Conditions on what checks measure, in words that a recipe can hold:
 *   cleanAccuracy >= 0.9
 *   cleanAccuracy >= 0.8 of plateau and noisyEce < 0.1
 *   noisyScore >= 0.98 of best
 */
import { UsageError } from '../base/index.js'
import { bestOf, type Figures, figureNamed, figures, type History, showFigure } from './figures.js'
import { plateauOf } from './plateau.js'

const comparisons = {
  '>=': (a: number, b: number) => a >= b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '<': (a: number, b: number) => a < b,
} as const

interface Clause {
  readonly figure: string
  readonly comparison: keyof typeof comparisons
  readonly value: number
  /** What `value` is a share of; a plain number otherwise. */
  readonly of?: 'plateau' | 'best'
}

export interface Condition {
  /** Canonical text; `parseCondition` reads it back. */
  readonly text: string
  /** Figures it needs. */
  readonly figures: readonly string[]
  /** A sentence that says how it is met by the last check, or undefined where it is not. */
  met(history: History): string | undefined
}

const pattern =
  /^(\w+)\s*(>=|<=|>|<)\s*(\d+(?:\.\d+)?(?:e-?\d+)?)(\s*%)?(?:\s+of\s+(plateau|best))?$/

/** Reads a condition; throws UsageError naming `where`. */
export function parseCondition(text: string, where = 'when'): Condition {
  const clauses = text.split(/\s+and\s+/).map(part => parseClause(part.trim(), where))
  return {
    text: clauses.map(textOf).join(' and '),
    figures: clauses.map(({ figure }) => figure),
    met(history) {
      const last = history.at(-1)
      if (!last) return undefined
      const said = clauses.map(clause => metBy(clause, history, last.figures))
      return said.every(words => words !== undefined) ? said.join(' and ') : undefined
    },
  }
}

function parseClause(text: string, where: string): Clause {
  const match = pattern.exec(text)
  if (!match)
    throw new UsageError(
      `${where}: expected a condition such as cleanAccuracy >= 0.9, or cleanAccuracy >= 0.8 of plateau, several joined by and; received "${text}".`,
    )
  const [, figure, comparison, number, percent, of] = match
  figureNamed(figure, where)
  const value = percent ? Number(number) / 100 : Number(number)
  return { figure, comparison, value, of } as Clause
}

const textOf = ({ figure, comparison, value, of }: Clause) =>
  `${figure} ${comparison} ${value}${of ? ` of ${of}` : ''}`

function metBy(clause: Clause, history: History, last: Figures): string | undefined {
  const { figure, comparison, value, of } = clause
  const now = last[figure]
  const bound = boundOf(clause, history)
  if (now === undefined || bound === undefined || !comparisons[comparison](now, bound))
    return undefined
  const against = of ? `${value} of its ${of}, ${showFigure(bound / value)}` : `${value}`
  return `${figure} is ${showFigure(now)} (${comparison} ${against})`
}

function boundOf({ figure, value, of }: Clause, history: History): number | undefined {
  if (!of) return value
  const reference = of === 'best' ? bestOf(history, figure) : plateauIn(history, figure)
  return reference === undefined ? undefined : value * reference
}

/** Where the curve is heading for; accuracies and their like end at 1. */
function plateauIn(history: History, figure: string): number | undefined {
  const values = history.flatMap(({ figures: seen }) => (figure in seen ? [seen[figure]] : []))
  const plateau = plateauOf(values)
  if (plateau === undefined) return undefined
  const isShare = /Accuracy$|Auroc$/.test(figure)
  if (figures[figure].better === 'lower') return Math.max(0, plateau)
  return isShare ? Math.min(1, plateau) : plateau
}
