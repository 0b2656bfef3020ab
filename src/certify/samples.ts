import { type Clock, DataError, systemClock } from '../base/index.js'
import {
  certifySample,
  completeSmoothing,
  type Smoothing,
  type SmoothingOptions,
  type Vote,
} from './smoothing.js'
import { type CertificateSummary, type CertifiedSample, summarize } from './summary.js'

/** A sample to certify. */
export interface Subject {
  readonly index: number
  readonly label: number
}

export interface CertifySamplesOptions extends SmoothingOptions {
  /** The samples, in the order they are done. */
  subjects: readonly Subject[]
  /** Opens the votes of one sample's noisy copies. */
  votesOf: (index: number) => Vote | Promise<Vote>
  /** Votes that may be asked for at once; default 1. It changes no answer. */
  width?: () => number
  /** Samples of an earlier, interrupted run or of other shards: not done again. */
  done?: readonly CertifiedSample[]
  /** Called after each new sample. */
  onSample?: (sample: CertifiedSample, done: number, of: number) => void
  /** Aborting it ends the work after the sample at hand. */
  signal?: AbortSignal
  clock?: Clock
}

export interface Certification {
  readonly smoothing: Smoothing
  /** The subjects done, in their order. */
  readonly samples: CertifiedSample[]
  /** Absent when no sample was done. */
  readonly summary?: CertificateSummary
  /** Whether every subject was done. */
  readonly complete: boolean
}

/**
 * Certifies sample by sample. What comes out for a sample depends on its votes alone, so a run may
 * be interrupted and go on, or be cut into shards, without changing a figure.
 * Throws UsageError for options out of range, DataError for earlier results that do not belong.
 */
export async function certifySamples(options: CertifySamplesOptions): Promise<Certification> {
  const smoothing = completeSmoothing(options)
  const { subjects, votesOf, width, onSample, signal, clock = systemClock } = options
  const known = knownSamples(options)
  for (const { index, label } of subjects) {
    if (known.has(index)) continue
    if (signal?.aborted) break
    const start = clock.now()
    const { prediction, radius } = await certifySample(await votesOf(index), smoothing, width)
    const time = (clock.now() - start) / 1000
    const sample = { index, label, prediction, radius, correct: prediction === label, time }
    known.set(index, sample)
    onSample?.(sample, known.size, subjects.length)
  }
  const samples = subjects.flatMap(({ index }) => known.get(index) ?? [])
  return {
    smoothing,
    samples,
    complete: samples.length === subjects.length,
    ...(samples.length && { summary: summarize(samples, smoothing) }),
  }
}

/** Earlier results by index; each must be of a subject with the same label. */
function knownSamples({
  done = [],
  subjects,
}: CertifySamplesOptions): Map<number, CertifiedSample> {
  const labels = new Map(subjects.map(({ index, label }) => [index, label]))
  return new Map(
    done
      .filter(({ index }) => labels.has(index))
      .map(sample => {
        if (labels.get(sample.index) !== sample.label)
          throw new DataError(
            `earlier certificates: sample ${sample.index} has the label ${sample.label} there and ` +
              `${labels.get(sample.index)} here. They are of other data; start without them.`,
          )
        return [sample.index, sample]
      }),
  )
}
