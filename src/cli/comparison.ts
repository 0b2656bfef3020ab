/** Two measured models on the same samples: what a report can say of their difference. */
import { existsSync, readFileSync } from 'node:fs'
import type { Scorecard } from '../record/index.js'
import type { Comparison } from '../report/index.js'
import { rooms } from './rooms.js'

/** A scorecard and where it stands; the scores of its samples stand beside it. */
export interface Measured {
  readonly scorecard: Scorecard
  readonly file?: string
}

/**
 * Last minus first, paired sample by sample; undefined where the scores are missing, or were not
 * taken on the same samples under the same suite.
 */
export async function comparisonOf(sources: readonly Measured[]): Promise<Comparison | undefined> {
  const [first, last] = [sources[0], sources.at(-1)!]
  if (sources.length < 2 || !isSameTest(first.scorecard, last.scorecard)) return undefined
  const { pairedDifference } = await rooms.evaluate()
  const [a, b] = [await scoresOf(first), await scoresOf(last)]
  if (!a || !b) return undefined
  return {
    clean: pairedDifference(a.clean, b.clean),
    mean: pairedDifference(a.noisy, b.noisy),
  }
}

async function scoresOf({ file }: Measured) {
  const { decodeScores, scoresBeside } = await rooms.evaluate()
  if (file === undefined || !existsSync(scoresBeside(file))) return undefined
  return decodeScores(readFileSync(scoresBeside(file)), scoresBeside(file))
}

function isSameTest(a: Scorecard, b: Scorecard): boolean {
  return (
    a.data.sha256 !== undefined &&
    a.data.sha256 === b.data.sha256 &&
    a.data.samples === b.data.samples &&
    a.suite.name === b.suite.name &&
    a.suite.preset === b.suite.preset
  )
}
