import { sizeOf } from '../../base/index.js'
import type { Dataset } from '../dataset.js'
import { subset } from '../sources/subset.js'

/** A sample that cannot be read, and why. */
export interface BadSample {
  identity: string
  reason: string
}

const AT_ONCE = 64

/** Reads every sample once and lists those that cannot be read. */
export async function badSamples(dataset: Dataset): Promise<(BadSample & { index: number })[]> {
  const bad: (BadSample & { index: number })[] = []
  if (!dataset.readMany) return bad
  const size = sizeOf(dataset.shape)
  for (let start = 0; start < dataset.length; start += AT_ONCE) {
    const count = Math.min(AT_ONCE, dataset.length - start)
    const indices = Uint32Array.from({ length: count }, (_, i) => start + i)
    const failures = await dataset.readMany(indices, new Float32Array(count * size))
    failures.forEach((reason, i) => {
      if (reason !== undefined)
        bad.push({ index: start + i, identity: dataset.identity(start + i), reason })
    })
  }
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
