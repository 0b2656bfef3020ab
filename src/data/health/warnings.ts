import type { Dataset } from '../dataset.js'
import type { DataHealth } from './check.js'

/** The largest class may have so many times the samples of the smallest before it is said. */
const IMBALANCE = 10
/** Fewer than this in a class make its accuracy a guess. */
const FEW = 10

type Found = Omit<DataHealth, 'warnings'>

/** What deserves a look, as sentences, gravest first. */
export function warningsOn(dataset: Dataset, found: Found): string[] {
  return [...countWarnings(found), ...classWarnings(found), ...rangeWarnings(dataset, found)]
}

function countWarnings(found: Found): string[] {
  const { samples } = found
  const lines: [number, string][] = [
    [found.unreadable.count, 'cannot be read; leave them out with --on-bad-sample skip'],
    [found.conflicting.count, 'are equal to another one that has a different label'],
    [found.duplicates.count, 'are equal to an earlier one'],
    [found.constant.count, 'have the same value everywhere'],
    [found.silent.count, 'are silent'],
    [found.clipped.count, 'are clipped at full scale'],
  ]
  return lines
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} of ${samples} samples ${what}.`)
}

function classWarnings({ classes }: Found): string[] {
  if (!classes?.length) return []
  const sorted = classes.toSorted((a, b) => a.samples - b.samples)
  const [least, most] = [sorted[0], sorted.at(-1)!]
  const empty = classes.filter(({ samples }) => samples === 0)
  const warnings: string[] = []
  if (classes.length === 1)
    warnings.push(`There is one class only ("${least.name}"): nothing to tell apart.`)
  if (empty.length)
    warnings.push(
      `${empty.length} of ${classes.length} classes have no sample: ${empty
        .slice(0, 5)
        .map(c => c.name)
        .join(', ')}.`,
    )
  else if (least.samples < FEW)
    warnings.push(`Class "${least.name}" has ${least.samples} samples: too few to judge it by.`)
  if (least.samples && most.samples > IMBALANCE * least.samples)
    warnings.push(
      `Classes are unbalanced: "${most.name}" has ${most.samples} samples, "${least.name}" ${least.samples}. Look at the accuracy of each class.`,
    )
  return warnings
}

function rangeWarnings({ kind }: Dataset, { range, unreadable, samples }: Found): string[] {
  if (unreadable.count === samples) return []
  const { minimum, maximum } = range
  const [low, high] = kind === 'image' ? [0, 1] : [-1, 1]
  if (kind === 'vector' || (minimum >= low && maximum <= high)) return []
  return [
    `Values reach from ${minimum} to ${maximum}, where ${kind === 'image' ? 'pixels' : 'waveforms'} are ` +
      `expected in [${low},${high}]: noise levels would not mean what they say.`,
  ]
}
