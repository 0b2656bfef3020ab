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

/**
 * The part of a suite that a shard does. Conditions on inputs are dealt out one by one; those inside
 * the model stay together by kind, because a tolerance is found over all levels of one.
 */
export function partOf(suite: Suite, shard: ShardOf | undefined): Suite {
  if (!shard) return suite
  const units = unitsOf(suite.conditions).filter((_, i) => i % shard.of === shard.index)
  return { ...suite, conditions: units.flat() }
}

interface Placed {
  readonly at: string
  readonly kind: string
}

/** What is not cut apart: one condition on inputs, or neighbours of one kind inside the model. */
function unitsOf<C extends Placed>(conditions: readonly C[]): C[][] {
  const units: C[][] = []
  for (const condition of conditions) {
    const last = units.at(-1)?.[0]
    const belongs =
      condition.at !== 'input' && last?.at === condition.at && last.kind === condition.kind
    if (belongs) units.at(-1)?.push(condition)
    else units.push([condition])
  }
  return units
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
  const { timing: _, internal: __, ...frame } = parts[0].scorecard
  const placed = inOrder(parts)
  const conditions = placed.map(({ condition }) => condition)
  const noisy = placed.flatMap(({ right }) => (right ? [right] : []))
  const meter = new DoubtMeter(noisy.map(draws => ({ draws: draws.length })))
  if (parts[0].clean.length) meter.addRight(parts[0].clean, noisy)
  const { suite, clean, model } = frame
  const all = ofAll({ clean, conditions, suite }, meter.result(), { baseline, facts: model })
  const internal = internalOf(parts, conditions)
  const warnings = [...new Set(parts.flatMap(part => part.scorecard.warnings ?? []))]
  const found = { ...(internal && { internal }), ...(warnings.length && { warnings }) }
  const scorecard = { ...frame, conditions, ...all, ...found }
  return { scorecard, scores: meter.sampleScores() }
}

type CardCondition = Scorecard['conditions'][number]

interface PlacedCondition {
  readonly condition: CardCondition
  /** By draw; absent where nothing is labelled. */
  readonly right?: readonly Uint8Array[]
}

/** All conditions in the suite's order: units were dealt out in turns. */
function inOrder(parts: readonly Part[]): PlacedCondition[] {
  const hands = parts.map(({ scorecard, noisy }) => {
    const placed = scorecard.conditions.map((condition, i) => ({
      ...{ at: condition.at, kind: condition.kind, condition, right: noisy[i] },
    }))
    return unitsOf(placed)
  })
  const count = hands.reduce((sum, hand) => sum + hand.length, 0)
  const turns = Array.from({ length: count }, (_, i) => i)
  return turns.flatMap(i => hands[i % hands.length][Math.floor(i / hands.length)])
}

/** Tolerances in the order of their kinds, and the sharpness, from the parts that have them. */
function internalOf(
  parts: readonly Part[],
  conditions: readonly CardCondition[],
): Scorecard['internal'] {
  const known = parts.flatMap(({ scorecard }) => scorecard.internal ?? [])
  if (!known.length) return undefined
  const found = known.flatMap(({ tolerance = [] }) => tolerance)
  const kinds = [...new Set(conditions.map(({ kind }) => kind))]
  const tolerance = kinds.flatMap(kind => found.filter(entry => entry.kind === kind))
  const merged = Object.assign({}, ...[...known].reverse())
  return { ...merged, ...(found.length && { tolerance }) }
}
