import { existsSync } from 'node:fs'
import { DataError } from '../base/index.js'
import {
  type Certificate,
  machine,
  readDocument,
  temperVersion,
  versions,
  writeDocument,
} from '../record/index.js'
import { certifySamples } from './samples.js'
import {
  completeSmoothing,
  requireCopies,
  type Smoothing,
  type SmoothingOptions,
} from './smoothing.js'
import { type OpenedSubject, openSubject, type SubjectOptions } from './subject.js'
import { type CertifiedSample, summarize } from './summary.js'
import { Voter } from './votes.js'

/** Sent after each sample. */
export interface CertifiedEvent {
  readonly type: 'certified'
  readonly sample: CertifiedSample
  readonly done: number
  readonly of: number
}

export interface CertifyOptions extends SubjectOptions, SmoothingOptions {
  /**
   * Where the certificate is kept while it grows (JSON). An unfinished one of the same model, data
   * and settings is gone on from; one of others is refused.
   */
  out?: string
  /** Only every `of`-th sample from number `index` on: a part of work that others do the rest of. */
  shard?: { readonly index: number; readonly of: number }
  onEvent?: (event: CertifiedEvent) => void
  /** Aborting it ends the work after the sample at hand; the certificate holds what was done. */
  signal?: AbortSignal
}

/** What is the same for every sample. */
type Frame = Omit<Certificate, 'samples' | 'summary' | 'timing'>

/** Samples between two writes of a growing certificate. */
const keptEvery = 20

/**
 * Certified L2 radii by randomized smoothing (Cohen et al. 2019), in the data's physical unit
 * whatever the model's own normalisation. Samples without labels are held against the model's clean
 * answer. Throws UsageError, DataError or ModelError before it starts when it cannot work.
 */
export async function certify(options: CertifyOptions): Promise<Certificate> {
  const smoothing = completeSmoothing(options)
  const { n0, n, batch } = smoothing
  requireCopies('certify', smoothing, 0)
  const subject = await openSubject(options, { count: n0 + n, batch })
  try {
    const frame = await frameOf(subject, smoothing)
    const done = earlier(frame, options.out)
    return await run({ subject, smoothing, frame, done, ...options })
  } finally {
    await subject.close()
  }
}

interface Run extends CertifyOptions {
  readonly subject: OpenedSubject
  readonly smoothing: Smoothing
  readonly frame: Frame
  readonly done: readonly CertifiedSample[]
}

async function run({ subject, smoothing, frame, done, ...options }: Run): Promise<Certificate> {
  const { out, onEvent, signal, shard = { index: 0, of: 1 } } = options
  const { data, seed, classify } = subject
  const voter = new Voter({ classify, shape: data.shape, seed, ...smoothing })
  const grown = [...done]
  const started = performance.now()
  const keep = (samples: readonly CertifiedSample[]) => {
    const seconds = (performance.now() - started) / 1000
    const rate = (grown.length - done.length) / seconds
    const certificate = certificateOf(frame, samples, smoothing, rate)
    if (out !== undefined) writeDocument(out, certificate)
    return certificate
  }
  const { samples } = await certifySamples({
    ...smoothing,
    width: () => subject.width,
    subjects: (await subject.subjects()).filter((_, i) => i % shard.of === shard.index),
    votesOf: async index => {
      const { values, id } = await subject.sample(index)
      return voter.votesOf(values, id)
    },
    done,
    signal,
    onSample(sample, count, of) {
      grown.push(sample)
      if (out !== undefined && (grown.length - done.length) % keptEvery === 0) keep(grown)
      onEvent?.({ type: 'certified', sample, done: count, of })
    },
  })
  if (samples.length === 0)
    throw new DataError(`data: nothing was certified; ${data.name} gave no sample to work on.`)
  return keep(samples)
}

async function frameOf(subject: OpenedSubject, { sigma, n0, n, alpha }: Smoothing): Promise<Frame> {
  const { data, seed, device, threads, facts, ownLabels, classes } = subject
  return {
    schema: 'temper.certificate/1',
    version: temperVersion,
    seed,
    device,
    threads,
    machine: machine(),
    versions: versions('onnxruntime-node'),
    model: facts,
    data: {
      source: data.name,
      samples: data.length,
      sha256: await data.sha256(),
      classes: classes && [...classes],
    },
    labels: ownLabels ? 'clean answers' : 'data',
    sigma,
    n0,
    n,
    alpha,
  }
}

function certificateOf(
  frame: Frame,
  samples: readonly CertifiedSample[],
  smoothing: Smoothing,
  rate: number,
): Certificate {
  return {
    ...frame,
    samples: [...samples],
    summary: summarize(samples, smoothing),
    ...(rate > 0 && Number.isFinite(rate) && { timing: { samplesPerSecond: rate } }),
  }
}

/** One certificate of the shards of one, in the order of its samples. */
export function mergeCertificates(shards: readonly Certificate[]): Certificate {
  const [{ timing: _, ...frame }] = shards
  const samples = shards.flatMap(shard => shard.samples).sort((a, b) => a.index - b.index)
  return { ...frame, samples, summary: summarize(samples, completeSmoothing(frame)) }
}

/** What an earlier run left in `out`; throws DataError where that is of something else. */
function earlier(frame: Frame, out?: string): CertifiedSample[] {
  if (out === undefined || !existsSync(out)) return []
  const found = readDocument(out, 'temper.certificate/1')
  const settings = ({ seed, sigma, n0, n, alpha, labels, model, data }: Frame) => ({
    seed,
    sigma,
    n0,
    n,
    alpha,
    labels,
    model: model.sha256,
    data: data.sha256,
  })
  const [before, now] = [settings(found), settings(frame)] as Record<string, unknown>[]
  const other = Object.keys(now).find(name => before[name] !== now[name])
  if (other)
    throw new DataError(
      `${out}: a certificate with another ${other} is there (${before[other]}, now ${now[other]}). ` +
        'Give another file, or move it away.',
    )
  return found.samples
}
