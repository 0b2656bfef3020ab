/**
 * Which weights to keep, as a sentence that a recipe can hold:
 *   best noisyAccuracy with cleanAccuracy within 0.01 of its best
 *   best robustScore
 *   best noisyScore with cleanScore within 1 % of given
 *   last
 */
import { UsageError } from '../base/index.js'
import { bestOf, type Figures, figureNamed, figures, type History } from './figures.js'

interface Within {
  readonly figure: string
  /** Distance allowed; a share of the reference where `isRelative`. */
  readonly distance: number
  readonly isRelative: boolean
  /** Its best so far, or the first check: the model as it was given. */
  readonly of: 'its best' | 'given'
}

export interface KeepRule {
  /** Canonical text; `parseKeep` reads it back. */
  readonly text: string
  /** Figures it needs. */
  readonly figures: readonly string[]
  /** Whether the last check is to be kept instead of the one that is (none at first). */
  prefers(history: History, kept: Figures | undefined): boolean
}

const words =
  /^best\s+(\w+)(?:\s+with\s+(\w+)\s+within\s+(\d+(?:\.\d+)?)(\s*%)?\s+of\s+(its best|given))?$/

/** Two shares of the same samples differ by whole samples: far more than this. */
const rounding = 1e-9

/** Reads a rule; throws UsageError naming `where`. */
export function parseKeep(text: string, where = 'train.keep'): KeepRule {
  if (text.trim() === 'last') return { text: 'last', figures: [], prefers: () => true }
  const match = words.exec(text.trim())
  if (!match)
    throw new UsageError(
      `${where}: expected a rule such as "best noisyAccuracy with cleanAccuracy within 0.01 of its best", "best robustScore" or "last", received "${text}".`,
    )
  const [, target, figure, distance, percent, of] = match
  figureNamed(target, where)
  if (figure === undefined) return ruleOf(target)
  figureNamed(figure, where)
  const isRelative = percent !== undefined
  const size = isRelative ? Number(distance) / 100 : Number(distance)
  return ruleOf(target, { figure, distance: size, isRelative, of } as Within)
}

function ruleOf(target: string, within?: Within): KeepRule {
  return {
    text: `best ${target}${within ? ` with ${textOf(within)}` : ''}`,
    figures: within ? [target, within.figure] : [target],
    prefers(history, kept) {
      const now = history.at(-1)?.figures
      if (!now || now[target] === undefined || !isWithin(within, now, history)) return false
      return !kept || !isWithin(within, kept, history) || isBetter(target, now, kept)
    },
  }
}

const textOf = ({ figure, distance, isRelative, of }: Within) => {
  const size = isRelative ? `${Number((100 * distance).toPrecision(12))} %` : distance
  return `${figure} within ${size} of ${of}`
}

function isBetter(figure: string, a: Figures, b: Figures): boolean {
  return figures[figure].better === 'higher' ? a[figure] > b[figure] : a[figure] < b[figure]
}

function isWithin(within: Within | undefined, seen: Figures, history: History): boolean {
  if (!within) return true
  const { figure, distance, isRelative, of } = within
  const reference = of === 'given' ? history[0].figures[figure] : bestOf(history, figure)
  if (reference === undefined || seen[figure] === undefined) return false
  const allowed = isRelative ? distance * Math.abs(reference) : distance
  const worse =
    figures[figure].better === 'higher' ? reference - seen[figure] : seen[figure] - reference
  return worse <= allowed + rounding
}
