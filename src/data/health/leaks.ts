import type { Dataset } from '../dataset.js'
import { eachSample, type VisitOptions } from '../sampling/each-sample.js'
import { type Findings, hashOf } from './check.js'

/** Samples and groups that stand on both sides of a split. */
export interface Leaks {
  /** Samples of the second whose decoded values are equal to one of the first. */
  samples: Findings<[identity: string, sameAs: string]>
  /** Groups (speakers) with samples on both sides; empty when there are no groups. */
  groups: string[]
  /** A sentence for each kind of leak. */
  warnings: string[]
}

const FIRST = 100

/** Looks for samples of `test` that `train` has too. Reads all samples of both once. */
export async function findLeaks(
  train: Dataset,
  test: Dataset,
  options: VisitOptions = {},
): Promise<Leaks> {
  const known = new Map<string, number>()
  await eachSample(train, (index, values) => values && known.set(hashOf(values), index), options)
  const samples: Leaks['samples'] = { count: 0, first: [] }
  await eachSample(
    test,
    (index, values) => {
      const twin = values && known.get(hashOf(values))
      if (twin === undefined) return
      samples.count++
      if (samples.first.length < FIRST)
        samples.first.push([test.identity(index), train.identity(twin)])
    },
    options,
  )
  const groups = commonGroups(train, test)
  return { samples, groups, warnings: leakWarnings(train, test, samples.count, groups) }
}

function commonGroups(train: Dataset, test: Dataset): string[] {
  if (!train.group || !test.group) return []
  const groupsOf = ({ length, group }: Dataset) =>
    new Set(Array.from({ length }, (_, index) => group!(index)))
  const known = groupsOf(train)
  return [...groupsOf(test)].filter(group => known.has(group)).sort()
}

function leakWarnings(train: Dataset, test: Dataset, count: number, groups: string[]): string[] {
  const warnings: string[] = []
  if (count)
    warnings.push(
      `${count} of ${test.length} samples of ${test.name} are in ${train.name} too: figures on them are too good.`,
    )
  if (groups.length)
    warnings.push(
      `${groups.length} groups (speakers) are in both ${train.name} and ${test.name}, ${groups[0]} for one: ` +
        'figures do not tell how new ones fare. Split by group.',
    )
  return warnings
}
