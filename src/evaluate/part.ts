/** Parts of an evaluation, done apart: each has some of the suite's conditions, and all samples. */
import type { Answers, Values } from '../metrics/index.js'
import type { Scorecard } from '../record/index.js'
import { DoubtMeter, rightOf, type SampleScores } from './doubt.js'
import { ofAll } from './scorecard.js'
import type { Suite } from './suites/suite.js'

export interface ShardOf {
  readonly index: number
  readonly of: number
}

/** Sent with each batch of a part: which answers are right (1) and wrong (0). */
export interface RightEvent {
  readonly type: 'right'
  readonly clean: Uint8Array
  /** By condition and draw. */
  readonly noisy: readonly (readonly Uint8Array[])[]
}

/** A part's scorecard, and what is right in it; empty where nothing is labelled. */
export interface Part {
  readonly scorecard: Scorecard
  readonly clean: Uint8Array
  readonly noisy: readonly (readonly Uint8Array[])[]
}

/** The part of a suite that a shard does. */
export function partOf(suite: Suite, shard: ShardOf | undefined): Suite {
  if (!shard) return suite
  return { ...suite, conditions: suite.conditions.filter((_, i) => i % shard.of === shard.index) }
}

export function rightEvent(
  clean: Answers,
  noisy: readonly (readonly (Answers | Values)[])[],
): RightEvent {
  const right = (noisy as Answers[][]).map(draws => draws.map(rightOf))
  return { type: 'right', clean: rightOf(clean), noisy: right }
}

/** The batches of a part, joined. */
export function joinRight(events: readonly RightEvent[]): Omit<Part, 'scorecard'> {
  const join = (arrays: readonly Uint8Array[]) => Uint8Array.from(Buffer.concat(arrays))
  const [first] = events
  if (!first) return { clean: new Uint8Array(0), noisy: [] }
  return {
    clean: join(events.map(event => event.clean)),
    noisy: first.noisy.map((draws, i) =>
      draws.map((_, draw) => join(events.map(event => event.noisy[i][draw]))),
    ),
  }
}

/** The scorecard of all parts, as one evaluation would give it, and its samples' scores. */
export function mergeParts(
  parts: readonly Part[],
  baseline?: Scorecard | string,
): { scorecard: Scorecard; scores?: SampleScores } {
  const [{ timing: _, ...frame }] = parts.map(part => part.scorecard)
  const conditions = dealtBack(parts.map(part => part.scorecard.conditions))
  const noisy = dealtBack(parts.map(part => part.noisy))
  const meter = new DoubtMeter(noisy.map(draws => ({ draws: draws.length })))
  if (parts[0].clean.length) meter.addRight(parts[0].clean, noisy)
  const { suite, clean, model } = frame
  const all = ofAll({ clean, conditions, suite }, meter.result(), { baseline, facts: model })
  return { scorecard: { ...frame, conditions, ...all }, scores: meter.sampleScores() }
}

/** Undoes dealing one list out in turns. */
function dealtBack<T>(hands: readonly (readonly T[])[]): T[] {
  const length = hands.reduce((sum, hand) => sum + hand.length, 0)
  return Array.from({ length }, (_, i) => hands[i % hands.length][Math.floor(i / hands.length)])
}
