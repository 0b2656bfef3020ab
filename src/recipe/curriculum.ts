import { type Lengths, momentAt, parseTime, timeInBatches, UsageError } from '../base/index.js'
import { parseSchedule, type Schedule } from '../schedule/index.js'
import type { Recipe } from './schema.js'

/** Which samples an epoch draws from: a share of the easiest, from an epoch on. */
export interface Curriculum {
  readonly share: Schedule
  /** The share's text form. */
  readonly text: string
  /** The first epoch, from 0, that may leave samples out. */
  readonly from: number
}

/** Throws UsageError where the share would leave nothing out, so the curriculum would do nothing. */
export function curriculumOf(
  { train: { curriculum } }: Recipe,
  lengths: Lengths,
): Curriculum | undefined {
  if (!curriculum) return undefined
  const where = 'train.curriculum'
  const unit = { name: 'a share of the samples', min: 0, max: 1 }
  const share = parseSchedule(curriculum.share, { lengths, where: `${where}.share`, unit })
  const start = timeInBatches(parseTime(curriculum.from, `${where}.from`), lengths)
  const from = Math.ceil(start / lengths.batchesPerEpoch - 1e-9)
  if (!leavesOut(share, from, lengths))
    throw new UsageError(
      `${where}: expected an epoch that draws from less than all samples, and from epoch ${from} on (of ${lengths.epochs}) the share ${share.text} is 1 at the start of every one. Begin earlier, let the share grow more slowly, or train more epochs.`,
    )
  return { share, text: share.text, from }
}

/** Whether the start of an epoch finds a share below 1. */
function leavesOut(share: Schedule, from: number, lengths: Lengths): boolean {
  const { epochs, batchesPerEpoch } = lengths
  for (let epoch = from; epoch < epochs; epoch++)
    if (share(momentAt(epoch * batchesPerEpoch, lengths)) < 1) return true
  return false
}
