import { DataError, expected, sameShape } from '../base/index.js'
import {
  checkData,
  type DataHealth,
  type DataOptions,
  type Dataset,
  findLabelIssues,
  findLeaks,
  type Leaks,
  limit,
  onlyReadable,
  openData,
  type PhysicalOptions,
} from '../data/index.js'
import { temperVersion } from '../record/index.js'
import { crossValidated } from './cross-validate.js'

export interface DataCheckOptions extends DataOptions {
  readonly data: string
  /** Other data, in which the same samples and groups are looked for too. */
  readonly against?: string
  /** Whether small networks are trained to find labels that are likely wrong; default true. */
  readonly labelIssues?: boolean
  readonly seed?: number
  readonly threads?: number
  readonly onEvent?: (event: DataCheckEvent) => void
  readonly signal?: AbortSignal
}

export interface DataCheckEvent {
  readonly type: 'looked'
  readonly text: string
}

/** A sample whose label is likely wrong, by name. */
export interface NamedLabelIssue {
  readonly sample: string
  readonly label: string
  readonly suggested: string
  /** Probability of the given label. */
  readonly confidence: number
}

export interface DataCheck {
  readonly schema: 'temper.data-check/1'
  readonly version: string
  readonly seed: number
  readonly data: string
  /** What was found in each split, the opened one first. */
  readonly splits: readonly (DataHealth & { readonly split?: string })[]
  /** Samples and groups that the opened split shares with another one, or with the other data. */
  readonly leaks: readonly (Leaks & { readonly train: string; readonly test: string })[]
  readonly labelIssues?: {
    /** Samples that were judged. */
    readonly of: number
    /** Estimated share of wrong labels. */
    readonly errorRate: number
    /** The likeliest first. */
    readonly issues: readonly NamedLabelIssue[]
  }
  /** Why labels were not judged. */
  readonly labelsUnjudged?: string
}

/** Above so many samples, labels of a stratified subset are judged. */
const mostJudged = 10_000
/** Longer sides are made so long, for judging labels only. */
const judgedSide = 32

/** Everything Temper finds wrong with data, split by split; reads all of it. */
export async function inspectData(options: DataCheckOptions): Promise<DataCheck> {
  const { data, seed = 0, onEvent, signal } = options
  const say = (text: string) => onEvent?.({ type: 'looked', text })
  const opened = await openData(data, options)
  const others = await otherSets(opened, options)
  const splits = []
  for (const set of [opened, ...others]) {
    const onProgress = (visited: number) => say(`${set.name}: ${visited} of ${set.length}`)
    splits.push({ ...(await checkData(set, { onProgress, signal })), split: set.split })
  }
  const leaks = []
  for (const other of others) {
    say(`${opened.name} and ${other.name}: looking for the same samples`)
    leaks.push({
      train: opened.name,
      test: other.name,
      ...(await findLeaks(opened, other, { signal })),
    })
  }
  const judged = options.labelIssues === false ? {} : await judgeLabels(options, seed, say)
  return {
    schema: 'temper.data-check/1',
    version: temperVersion,
    seed,
    data,
    splits,
    leaks,
    ...judged,
  }
}

/** The splits beside the opened one, where none was asked for by name, and the data to compare with. */
async function otherSets(opened: Dataset, options: DataCheckOptions): Promise<Dataset[]> {
  const { data, against } = options
  const { split, splits = [], classes } = opened
  const isWhole = split !== undefined && !data.endsWith(`:${split}`)
  const rest = isWhole ? splits.filter(name => name !== split) : []
  const sets = await Promise.all(rest.map(name => openData(data, { ...options, split: name })))
  if (against === undefined) return sets
  const other = await openData(against, {
    ...options,
    ...sampleForm(opened),
    preferSplit: 'test',
    classes,
  })
  if (!sameShape(opened.shape, other.shape))
    throw new DataError(
      expected(
        `--against ${against}`,
        `samples [${opened.shape.join(', ')}] as in ${data}`,
        `[${other.shape.join(', ')}]`,
      ),
    )
  return [...sets, other]
}

/** How other data becomes samples of the same shape. */
function sampleForm({ kind, shape, sampleRate }: Dataset): PhysicalOptions {
  if (kind === 'image') return { channels: shape[0], size: [shape[1], shape[2]] }
  return kind === 'audio' ? { sampleRate, seconds: shape[1] / sampleRate! } : {}
}

async function judgeLabels(
  options: DataCheckOptions,
  seed: number,
  say: (text: string) => void,
): Promise<Pick<DataCheck, 'labelIssues' | 'labelsUnjudged'>> {
  try {
    const set = await judgedSet(options, seed)
    const threads = options.threads ?? 1
    const onFold = (done: number, of: number) => say(`labels: part ${done} of ${of} predicted`)
    say('labels: training on parts of the data')
    const { signal } = options
    const rows = await crossValidated(set, { seed, threads, onFold, signal })
    const found = findLabelIssues(rows, set.labels!, set.classes!.length)
    const issues = found.issues.map(({ index, label, suggested, confidence }) => ({
      sample: set.identity(index),
      label: set.classes![label],
      suggested: set.classes![suggested],
      confidence,
    }))
    return { labelIssues: { of: set.length, errorRate: found.errorRate, issues } }
  } catch (error) {
    // Data too poor to train on is a finding, and what was found before it counts.
    if (error instanceof DataError) return { labelsUnjudged: error.message }
    throw error
  }
}

/** What is readable of the data, at most so much of it; large pictures made small. */
async function judgedSet(options: DataCheckOptions, seed: number): Promise<Dataset> {
  const opened = await openData(options.data, options)
  const isLarge = opened.kind === 'image' && Math.max(...opened.shape.slice(1)) > 2 * judgedSide
  const small = isLarge && opened.readMany !== undefined
  const size = [judgedSide, judgedSide] as const
  const set = small ? await openData(options.data, { ...options, size }) : opened
  if (!set.labels || !set.classes) throw new DataError(`${set.name} has no class labels.`)
  if (set.classes.length < 2) throw new DataError(`${set.name} has one class only.`)
  const few = set.length > mostJudged ? limit(set, mostJudged, seed) : set
  return few.readMany ? onlyReadable(few) : few
}
