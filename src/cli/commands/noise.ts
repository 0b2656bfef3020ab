import { InvalidArgumentError, Option } from 'commander'
import { expected, UsageError } from '../../base/index.js'
import type { Estimate } from '../../estimate/index.js'
import type { Preview, PreviewedLevel, PreviewOptions } from '../../preview/index.js'
import { type CommandSpec, type CommonOptions, collect, wholeNumber } from '../command.js'
import { superviseJob } from '../job.js'
import { printEstimate } from '../noise-estimate.js'
import { color, type Output } from '../output.js'
import { textTable } from '../table.js'

export const noise: CommandSpec = {
  name: 'noise',
  summary: 'hear or see a noise before using it, on one picture or recording',
  arguments: [
    { name: '[file]', summary: 'a PNG, JPEG or WebP picture, or a WAV or FLAC recording' },
  ],
  options: [
    new Option(
      '--kind <kind>',
      'a noise at input (temper list noises), or a suite for all its corruptions; may be repeated',
    ).argParser(collect),
    new Option('--severity <1-5>', 'of the preset: 3, or 1,3,5 or 1-5 with --grid').argParser(
      readSeverities,
    ),
    new Option(
      '--preset <name>',
      'published levels: cifar-c, imagenet-c/224, ... (default: by size)',
    ),
    new Option(
      '--set <level=value>',
      'a level by name: snr=10, or snr=20,10,0 with --grid; may be repeated',
    ).argParser(collect),
    new Option('--grid', 'several levels: a contact sheet, or spectrograms and a sound each'),
    new Option(
      '--sources <path>',
      'recordings, or a folder of them, that background noises are drawn from; may be repeated',
    ).argParser(collect),
    new Option(
      '--size <pixels>',
      'bring the shorter side of a larger picture here first (default: 224 with --grid; 0 keeps it)',
    ).argParser(wholeNumber(0)),
    new Option('--out <file>', 'where it goes: .png, .jpg, .webp or .wav'),
    new Option(
      '--measure <folder>',
      'estimate the noise, blur and compression of your own pictures or recordings, and propose noises for a recipe',
    ),
    new Option('--limit <n>', 'with --measure: at most so many files, evenly over the folder')
      .argParser(wholeNumber(1))
      .default(200),
  ],
  examples: [
    'temper noise cat.png --kind gaussian_blur --grid --out blur.png',
    'temper noise cat.png --kind imagenet-c --severity 1,3,5 --grid --out sheet.png',
    'temper noise hello.wav --kind pink --set snr=10 --out noisy.wav',
    'temper noise --measure recordings',
  ],
  async run([file], context) {
    const { options, output } = context
    const given = options as unknown as NoiseOptions
    if (given.measure !== undefined) return measure(given, file, output)
    checkGiven(given, file)
    const payload: PreviewOptions = {
      file,
      kinds: given.kind,
      severities: given.severity,
      preset: given.preset,
      set: readLevels(given.set ?? []),
      grid: given.grid,
      sources: given.sources,
      size: given.size,
      out: given.out,
      seed: given.seed,
    }
    const outcome = await superviseJob<Preview, never>('noise', payload, output, () => {})
    if (!outcome.ended) return outcome.exitCode
    print(output, outcome.result)
    output.document(outcome.result)
    return 0
  },
}

interface NoiseOptions extends CommonOptions {
  readonly measure?: string
  readonly limit: number
  readonly kind: string[]
  readonly severity?: number[]
  readonly preset?: string
  readonly set?: string[]
  readonly grid?: boolean
  readonly sources?: string[]
  readonly size?: number
  readonly out: string
}

/** Without --measure, the file and two flags are needed. */
function checkGiven({ kind, out }: NoiseOptions, file: string | undefined): void {
  if (file === undefined)
    throw new UsageError(
      'noise: say a picture or a recording, or --measure FOLDER for what noise your data have.',
    )
  if (!kind) throw new UsageError('noise: say which with --kind KIND (temper list noises).')
  if (!out) throw new UsageError('noise: say where the result goes with --out FILE.')
}

/** What noise do my data have. */
async function measure(given: NoiseOptions, file: string | undefined, output: Output) {
  if (file !== undefined || given.kind || given.out)
    throw new UsageError('noise: --measure FOLDER stands alone, without a file, --kind and --out.')
  const payload = { path: given.measure, limit: given.limit }
  const progress = ({ done, of }: { done: number; of: number }) =>
    output.progress(`${done} of ${of} files`)
  const outcome = await superviseJob<Estimate, { done: number; of: number }>(
    'estimate',
    payload,
    output,
    progress,
  )
  if (!outcome.ended) return outcome.exitCode
  await printEstimate(output, outcome.result)
  output.document(outcome.result)
  return 0
}

/** "3", "1,3,5" or "1-5". */
function readSeverities(words: string): number[] {
  const [low, high] = words.split('-').map(Number)
  const list =
    high === undefined
      ? words.split(',').map(Number)
      : Array.from({ length: Math.max(0, Math.min(5, high) - low + 1) }, (_, k) => low + k)
  if (!list.length || !list.every(n => Number.isInteger(n) && n >= 1 && n <= 5) || high > 5)
    throw new InvalidArgumentError('Expected severities from 1 to 5: 3, 1,3,5 or 1-5.')
  return list
}

/** `snr=10` or `snr=20,10,0`, each a field. */
function readLevels(settings: readonly string[]): Record<string, number[]> {
  return Object.fromEntries(
    settings.map(setting => {
      const [, name, list] = /^\s*(\w+)\s*=\s*(.+)$/.exec(setting) ?? []
      const values = list?.split(',').map(word => Number(word.trim() || 'none'))
      if (!values?.length || values.some(Number.isNaN))
        throw new UsageError(expected('--set', 'level=value, such as sigma=0.1', setting))
      return [name, values]
    }),
  )
}

function print(output: Output, { levels, files, notes }: Preview): void {
  const decibels = (value: number | null) => (value === null ? '–' : value.toFixed(1))
  const rows = levels.map(({ kind, severity, level, change }: PreviewedLevel) => [
    kind,
    severity === undefined ? '' : String(severity),
    Object.entries(level)
      .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
      .join(', '),
    decibels(change.snrDb),
    Number(change.deviation.toPrecision(3)).toString(),
    `${(change.changed * 100).toFixed(1)}%`,
  ])
  const header = ['kind', 'severity', 'level', 'SNR (dB)', 'deviation', 'changed']
  output.print(textTable(header, rows))
  output.print()
  for (const note of notes) output.note(`${color.yellow('note:')} ${note}`)
  for (const file of files) output.print(file)
}
