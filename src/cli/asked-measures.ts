import type { Scorecard } from '../record/index.js'
import type { Output } from './output.js'
import { textTable } from './table.js'

/** What the first table shows already. */
const shown = new Set([
  'samples',
  'accuracy',
  'accuracyInterval',
  'agreement',
  'meanKl',
  'flipRate',
  'ece',
])

/**
 * Prints the measures asked for by name (or `all`), a row each: clean, and under noise the mean,
 * lowest and highest; those that are more than one number are named only.
 */
export function printAskedMeasures(
  output: Output,
  card: Scorecard,
  asked: readonly string[],
): void {
  const names = (asked.includes('all') ? measuresOf(card) : asked).filter(name => !shown.has(name))
  const isOne = (name: string) => valuesOf(card, name).some(value => typeof value === 'number')
  const rows = names.filter(isOne).map(name => rowOf(card, name))
  const others = names.filter(name => !isOne(name))
  if (!names.length) return
  output.print()
  if (rows.length)
    output.print(textTable(['measure', 'clean', 'mean under noise', 'lowest', 'highest'], rows))
  if (others.length) output.print(`in the scorecard (--json, --out): ${others.join(', ')}`)
}

type Measures = Readonly<Record<string, unknown>>

/** Names of all measures in a scorecard; some exist only under noise. */
function measuresOf({ clean, conditions }: Scorecard): string[] {
  return [...new Set([clean, ...conditions.map(c => c.measures)].flatMap(m => Object.keys(m)))]
}

const valuesOf = ({ clean, conditions }: Scorecard, name: string): unknown[] =>
  [clean, ...conditions.map(c => c.measures)].map(measures => (measures as Measures)[name])

function rowOf(card: Scorecard, name: string): string[] {
  const [clean, ...all] = valuesOf(card, name)
  const noisy = all.filter(value => typeof value === 'number')
  const mean = noisy.reduce((a, b) => a + b, 0) / noisy.length
  const figures = noisy.length ? [mean, Math.min(...noisy), Math.max(...noisy)] : []
  return [name, text(clean), ...[0, 1, 2].map(i => text(figures[i]))]
}

const text = (value: unknown) =>
  typeof value === 'number' ? String(Number(value.toPrecision(4))) : '–'
