import { DataError, didYouMean } from '../../base/index.js'

/** Names people give to splits, in the order they are looked for, and what they mean. */
const meanings: Record<string, string> = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
}

/** What a split's name means (`val` is `validation`), or undefined when it is no split name. */
export function splitMeaning(name: string): string | undefined {
  return meanings[name.toLowerCase()]
}

/**
 * The split to open among those there are: the one asked for, else the preferred one, else
 * `train`, else the first. Throws DataError when the one asked for is not there.
 */
export function chooseSplit(
  where: string,
  there: readonly string[],
  { split, preferSplit }: { split?: string; preferSplit?: string },
): string | undefined {
  const meaning = (name: string) => splitMeaning(name) ?? name
  const find = (name: string) =>
    there.find(s => s === name) ?? there.find(s => meaning(s) === meaning(name))
  if (split !== undefined) {
    const found = find(split)
    if (found) return found
    throw new DataError(
      there.length
        ? `${where} has no split "${split}"; it has ${there.join(', ')}.${didYouMean(split, there)}`
        : `${where} has no splits, so there is no "${split}". Leave the split out to use all of it.`,
    )
  }
  return (preferSplit !== undefined ? find(preferSplit) : undefined) ?? find('train') ?? there[0]
}
