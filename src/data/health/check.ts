import { createHash } from 'node:crypto'
import type { Dataset } from '../dataset.js'
import { eachSample, type VisitOptions } from '../sampling/each-sample.js'
import type { BadSample } from '../sampling/readable.js'
import { warningsOn } from './warnings.js'

/** A list that counts all and keeps the first few for people to look at. */
export interface Findings<T> {
  count: number
  first: T[]
}

/** What a pass over all samples found. */
export interface DataHealth {
  name: string
  detected: string
  samples: number
  unreadable: Findings<BadSample>
  /** Samples of each class; absent without labels. */
  classes?: { name: string; samples: number }[]
  /** Samples that are equal to an earlier one, and those of them with another label than it. */
  duplicates: Findings<[identity: string, sameAs: string]>
  conflicting: Findings<[identity: string, sameAs: string]>
  /** Every value the same (a blank image, silence is counted apart). */
  constant: Findings<string>
  /** Recordings that never leave 1/1000 (-60 dB of full scale). */
  silent: Findings<string>
  /** Recordings with at least 0.1 % of their values at full scale. */
  clipped: Findings<string>
  /** Over all readable values. */
  range: { minimum: number; maximum: number; mean: number; deviation: number }
  /** Sentences about what deserves a look, gravest first; empty when all is well. */
  warnings: string[]
}

const FIRST = 100
const SILENT = 1e-3
const CLIPPED_SHARE = 1e-3

/**
 * Reads every sample once: class balance, exact duplicates (equal decoded values), unreadable,
 * constant, silent and clipped samples, and the range of values. Memory: about 100 bytes a sample.
 */
export async function checkData(dataset: Dataset, options: VisitOptions = {}): Promise<DataHealth> {
  const { kind, labels } = dataset
  const unreadable = findings<BadSample>()
  const duplicates = findings<[string, string]>()
  const conflicting = findings<[string, string]>()
  const constant = findings<string>()
  const silent = findings<string>()
  const clipped = findings<string>()
  const range = new Range()
  const seen = new Map<string, number>()
  await eachSample(
    dataset,
    (index, values, reason) => {
      const identity = dataset.identity(index)
      if (!values) return add(unreadable, { identity, reason: reason! })
      const summary = summaryOf(values)
      range.add(values, summary)
      if (kind === 'audio' && summary.peak < SILENT) add(silent, identity)
      else if (values.length > 1 && summary.minimum === summary.maximum) add(constant, identity)
      if (kind === 'audio' && summary.full > CLIPPED_SHARE * values.length) add(clipped, identity)
      const hash = hashOf(values)
      const twin = seen.get(hash)
      if (twin === undefined) seen.set(hash, index)
      else {
        add(duplicates, [identity, dataset.identity(twin)])
        if (labels && labels[twin] !== labels[index])
          add(conflicting, [identity, dataset.identity(twin)])
      }
    },
    options,
  )
  const health = {
    name: dataset.name,
    detected: dataset.detected,
    samples: dataset.length,
    unreadable,
    classes: classCounts(dataset),
    duplicates,
    conflicting,
    constant,
    silent,
    clipped,
    range: range.result(),
  }
  return { ...health, warnings: warningsOn(dataset, health) }
}

const findings = <T>(): Findings<T> => ({ count: 0, first: [] })

function add<T>(list: Findings<T>, finding: T): void {
  list.count++
  if (list.first.length < FIRST) list.first.push(finding)
}

/** Equal values have equal hashes; two of 10 million others meet with a chance below 1e-14. */
export function hashOf(values: Float32Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return createHash('sha1').update(bytes).digest('base64').slice(0, 16)
}

interface Summary {
  minimum: number
  maximum: number
  /** Largest absolute value. */
  peak: number
  /** Values at full scale. */
  full: number
}

function summaryOf(values: Float32Array): Summary {
  let minimum = values[0]
  let maximum = values[0]
  let full = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (value < minimum) minimum = value
    if (value > maximum) maximum = value
    // the largest 16-bit sample is 32767/32768
    if (value >= 0.9999 || value <= -0.9999) full++
  }
  return { minimum, maximum, peak: Math.max(maximum, -minimum), full }
}

/** Mean and deviation over samples of equal size, by the samples' own means and squares. */
class Range {
  private minimum = Number.POSITIVE_INFINITY
  private maximum = Number.NEGATIVE_INFINITY
  private sum = 0
  private squares = 0
  private count = 0

  add(values: Float32Array, { minimum, maximum }: Summary): void {
    this.minimum = Math.min(this.minimum, minimum)
    this.maximum = Math.max(this.maximum, maximum)
    let sum = 0
    let squares = 0
    for (let i = 0; i < values.length; i++) {
      sum += values[i]
      squares += values[i] * values[i]
    }
    this.sum += sum
    this.squares += squares
    this.count += values.length
  }

  result(): DataHealth['range'] {
    if (!this.count) return { minimum: 0, maximum: 0, mean: 0, deviation: 0 }
    const mean = this.sum / this.count
    const deviation = Math.sqrt(Math.max(0, this.squares / this.count - mean * mean))
    return { minimum: this.minimum, maximum: this.maximum, mean, deviation }
  }
}

function classCounts({ classes, labels }: Dataset): DataHealth['classes'] {
  if (!classes || !labels) return undefined
  const counts = new Array<number>(classes.length).fill(0)
  for (const label of labels) counts[label]++
  return classes.map((name, label) => ({ name, samples: counts[label] }))
}
