import type { Dataset } from '../dataset.js'
import { subset } from '../sources/subset.js'
import { eachSample } from './each-sample.js'

/** A sample that cannot be read, and why. */
export interface BadSample {
  identity: string
  reason: string
}

/** Reads every sample once and lists those that cannot be read. */
export async function badSamples(dataset: Dataset): Promise<(BadSample & { index: number })[]> {
  const bad: (BadSample & { index: number })[] = []
  await eachSample(dataset, (index, values, reason) => {
    if (!values) bad.push({ index, identity: dataset.identity(index), reason: reason! })
  })
  return bad
}

/** The samples that can be read; the others are counted and listed in `leftOut`. */
export async function onlyReadable(dataset: Dataset): Promise<Dataset> {
  const bad = await badSamples(dataset)
  if (!bad.length) return { ...dataset, leftOut: [] }
  const without = new Set(bad.map(({ index }) => index))
  const good = Uint32Array.from({ length: dataset.length }, (_, i) => i).filter(
    i => !without.has(i),
  )
  return {
    ...subset(dataset, good),
    detected: dataset.detected.replace(/\.$/, `; ${bad.length} unreadable samples left out.`),
    leftOut: bad.map(({ identity, reason }) => ({ identity, reason })),
  }
}
