import { statSync } from 'node:fs'
import { didYouMean, UsageError } from '../../base/index.js'
import type { Dataset, SampleKind } from '../../data/index.js'
import { openCorruptedFolder } from './folder.js'
import { activations, faults, quantisation, weights } from './internal.js'
import { readOwnSuite } from './own.js'
import { audioRooms, audioSnr, gaussian, tabular } from './plain.js'
import { publishedSuites } from './published.js'
import type { Suite, SuiteFor } from './suite.js'
import { worstCase } from './worst-case.js'

const rows: readonly (Suite | SuiteFor)[] = [
  gaussian,
  audioSnr,
  audioRooms,
  tabular,
  weights,
  activations,
  faults,
  quantisation,
  worstCase,
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
  return together(names.split(',').map(name => forData(named(name.trim()), data)))
}

/**
 * The same where parts may be files and folders too: `my-suite.yaml`, or ready-made samples as
 * `corruption/severity/class/*`.
 */
export async function openSuite(spec: string, data: Dataset): Promise<Suite> {
  const parts: Suite[] = []
  for (const part of spec.split(',').map(name => name.trim()))
    parts.push(await openPart(part, data))
  return together(parts)
}

async function openPart(name: string, data: Dataset): Promise<Suite> {
  if (Object.hasOwn(suites, name)) return forData(suites[name], data)
  const found = statSync(name, { throwIfNoEntry: false })
  if (found?.isDirectory()) return openCorruptedFolder(name, data)
  if (found || /\.(ya?ml|json)$/i.test(name)) return readOwnSuite(name, data)
  return forData(named(name), data)
}

const forData = (row: Suite | SuiteFor, data: Parameters<SuiteFor['for']>[0]): Suite =>
  'for' in row ? row.for(data) : row

function together(parts: readonly Suite[]): Suite {
  if (parts.length === 1) return parts[0]
  return {
    name: parts.map(part => part.name).join(','),
    preset: parts.map(part => part.preset).join('; '),
    tldr: parts.map(part => part.tldr).join('; '),
    conditions: parts.flatMap(({ name: suite, conditions }) =>
      conditions.map(condition => ({ ...condition, suite })),
    ),
  }
}

function named(name: string): Suite | SuiteFor {
  const names = Object.keys(suites)
  if (!Object.hasOwn(suites, name))
    throw new UsageError(
      `--suite: expected one of ${names.join(', ')}, a suite of your own (.yaml) or a folder of corrupted samples, received "${name}".${didYouMean(name, names)}`,
    )
  return suites[name]
}
