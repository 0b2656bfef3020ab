import { didYouMean, UsageError } from '../base/index.js'
import type { SampleKind } from '../data/index.js'
import { audioSnr, gaussian, tabular, weights } from './plain-suites.js'
import { publishedSuites } from './published-suites.js'
import type { Suite, SuiteFor } from './suite.js'

const rows: readonly (Suite | SuiteFor)[] = [
  gaussian,
  audioSnr,
  tabular,
  weights,
  ...Object.values(publishedSuites),
]

/** Every suite `temper list suites` shows. */
export const suites: Readonly<Record<string, Suite | SuiteFor>> = Object.fromEntries(
  rows.map(row => [row.name, row]),
)

/** What is measured when no suite is named. */
export const usualSuite: Readonly<Record<SampleKind, string>> = {
  image: 'gaussian',
  audio: 'audio-snr',
  vector: 'tabular',
}

/**
 * The suite of a name for some data, or several joined by commas as one. Throws UsageError for an
 * unknown one, or one that is not for such data.
 */
export function suiteOf(names: string, data: Parameters<SuiteFor['for']>[0]): Suite {
  const parts = names.split(',').map(name => {
    const row = named(name.trim())
    return 'for' in row ? row.for(data) : row
  })
  if (parts.length === 1) return parts[0]
  return {
    name: parts.map(part => part.name).join(','),
    preset: parts.map(part => part.preset).join('; '),
    tldr: parts.map(part => part.tldr).join('; '),
    conditions: parts.flatMap(part => part.conditions),
  }
}

function named(name: string): Suite | SuiteFor {
  const names = Object.keys(suites)
  if (!Object.hasOwn(suites, name))
    throw new UsageError(
      `--suite: expected one of ${names.join(', ')}, received "${name}".${didYouMean(name, names)}`,
    )
  return suites[name]
}
