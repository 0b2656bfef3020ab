import { Option } from 'commander'
import type { DataCheck, DataCheckEvent } from '../../train/index.js'
import { type CommandSpec, groupOption, wholeNumber } from '../command.js'
import { superviseJob } from '../job.js'
import { color, type Output } from '../output.js'
import { percent } from '../percent.js'
import { textTable } from '../table.js'

const shown = 10

export const dataCheck: CommandSpec = {
  name: 'data check',
  summary: 'what is wrong with data: balance, duplicates, leaks, unreadable samples, wrong labels',
  arguments: [{ name: '<data>', summary: 'a name (mnist) or a path' }],
  options: [
    new Option('--on-bad-sample <choice>', 'fail: exit 3 where samples cannot be read; skip: 0')
      .choices(['fail', 'skip'])
      .default('fail'),
    new Option('--against <data>', 'other data to look for the same samples and groups in'),
    new Option('--no-label-issues', 'do not train small networks to find labels likely wrong'),
    new Option('--preprocess <file>', 'size, channels, sampleRate and seconds of the samples'),
    new Option('--format <name>', 'the layout of the data, instead of the detected one'),
    new Option('--label <column>', 'label column of a table (default: the last)'),
    groupOption(),
    new Option('--limit <n>', 'a stratified, seeded subset').argParser(wholeNumber(1)),
  ],
  examples: [
    'temper data check photos/',
    'temper data check train.csv --group patient --against test.csv',
    'temper data check recordings/ --no-label-issues --on-bad-sample skip --json',
  ],
  async run([data], { options, output }) {
    const { seed, threads, preprocess: preprocessFile, format, label, group } = options
    const { limit, labelIssues, against } = options
    const layout = { format, label, group, limit }
    const payload = { data, against, seed, threads, preprocessFile, ...layout, labelIssues }
    const onEvent = ({ type, text }: DataCheckEvent) =>
      type === 'looked' ? output.progress(text) : undefined
    const outcome = await superviseJob<DataCheck, DataCheckEvent>(
      'checkData',
      payload,
      output,
      onEvent,
    )
    if (!outcome.ended) return outcome.exitCode
    const found = outcome.result
    print(output, found)
    output.document(found)
    const isBad = found.splits.some(({ unreadable }) => unreadable.count > 0)
    return isBad && options.onBadSample === 'fail' ? 3 : 0
  },
}

type Split = DataCheck['splits'][number]

function print(output: Output, found: DataCheck): void {
  for (const split of found.splits) printSplit(output, split)
  for (const { train, test, samples, warnings } of found.leaks) {
    output.print(`\n${train} and ${test}`)
    printWarnings(output, warnings, 'no sample is in both')
    printPairs(output, samples.first, 'is')
  }
  printLabels(output, found)
}

function printSplit(output: Output, split: Split): void {
  const { minimum, maximum, mean, deviation } = split.range
  output.print(split.detected)
  const range = [minimum, maximum, mean, deviation].map(value => Number(value.toPrecision(4)))
  output.print(`values from ${range[0]} to ${range[1]}, mean ${range[2]}, deviation ${range[3]}`)
  if (split.classes) output.print(textTable(['class', 'samples'], balance(split)))
  printWarnings(output, split.warnings, 'nothing wrong with the samples themselves')
  for (const { identity, reason } of split.unreadable.first.slice(0, shown))
    output.print(`  unreadable: ${identity}: ${reason}`)
  for (const name of split.silent.first.slice(0, shown)) output.print(`  silent: ${name}`)
  for (const name of split.constant.first.slice(0, shown)) output.print(`  constant: ${name}`)
  printPairs(output, split.duplicates.first, 'equals')
}

function balance({ classes = [] }: Split): string[][] {
  const sorted = classes.toSorted((a, b) => b.samples - a.samples)
  const rows = sorted.map(({ name, samples }) => [name, String(samples)])
  if (rows.length <= 2 * shown) return rows
  const rest = [`... ${rows.length - 2 * shown} more`, '']
  return [...rows.slice(0, shown), rest, ...rows.slice(-shown)]
}

function printWarnings(output: Output, warnings: readonly string[], none: string): void {
  if (!warnings.length) output.print(color.green(none))
  for (const warning of warnings) output.print(color.yellow(`! ${warning}`))
}

function printPairs(output: Output, pairs: readonly (readonly string[])[], verb: string): void {
  for (const [one, other] of pairs.slice(0, shown)) output.print(`  ${one} ${verb} ${other}`)
}

function printLabels(output: Output, { labelIssues, labelsUnjudged }: DataCheck): void {
  if (labelsUnjudged) output.print(`\nlabels were not judged: ${labelsUnjudged}`)
  if (!labelIssues) return
  const { of, errorRate, issues } = labelIssues
  output.print(
    `\nlabels: about ${percent(errorRate)} of ${of} are likely wrong (confident learning, 3 parts); ${issues.length} to look at`,
  )
  if (!issues.length) return
  const rows = issues
    .slice(0, 2 * shown)
    .map(i => [i.sample, i.label, i.suggested, i.confidence.toFixed(3)])
  output.print(textTable(['sample', 'label', 'more like', 'confidence'], rows))
  if (issues.length > rows.length) output.print('--json lists all of them')
}
