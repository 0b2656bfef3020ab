import { DataError, expected, keyOf, UsageError } from '../../base/index.js'
import type { Dataset } from '../dataset.js'
import { subset } from '../sources/subset.js'
import { idOfText } from '../sources/text-id.js'
import { share } from './share.js'

export interface SplitOptions {
  /** Share of the samples (or groups) to hold back, between 0 and 1. */
  fraction: number
  seed: number
  /** `group` keeps all samples of one group (a speaker) on one side; default `sample`. */
  by?: 'sample' | 'group'
}

/** What stays together: one sample, or all of a group. */
interface Unit {
  share: number
  samples: number[]
  classes: ReadonlySet<number>
  held: boolean
}

/**
 * Two parts without a common sample: held when hash(seed, identity) < fraction, so every class is
 * held at that share, and a sample does not change sides when others are added. Only a class (of
 * two samples or groups or more) that a part would lack altogether gets there the one whose hash is
 * nearest. Throws DataError when a part would be empty.
 */
export function splitBy(dataset: Dataset, options: SplitOptions): { kept: Dataset; held: Dataset } {
  const { fraction, seed, by = 'sample' } = options
  if (!(fraction > 0 && fraction < 1))
    throw new UsageError(expected('split fraction', 'a number between 0 and 1', fraction))
  if (by === 'group' && !dataset.group)
    throw new DataError(
      `${dataset.name}: there are no groups (speakers) to split by. Of a table say which column they are: \`group\`.`,
    )
  const key = keyOf(seed, `split by ${by}`)
  const units = by === 'group' ? groupUnits(dataset) : sampleUnits(dataset)
  for (const unit of units) {
    unit.share = share(unit.share, key)
    unit.held = unit.share < fraction
  }
  for (const side of [true, false])
    for (const label of lacking(units, side)) fill(units, label, side)
  const [kept, held] = [false, true].map(side => indicesOf(units, side))
  if (!kept.length || !held.length)
    throw new DataError(
      `${dataset.name}: holding back ${fraction} of ${dataset.length} samples by ${by} leaves one ` +
        'part empty. Give more samples, another fraction, or a data set of its own.',
    )
  return { kept: subset(dataset, kept), held: subset(dataset, held) }
}

const labelOf = ({ labels }: Dataset, index: number) => labels?.[index] ?? 0

/** The share is the id at first. */
function sampleUnits(dataset: Dataset): Unit[] {
  const sets = new Map<number, Set<number>>()
  return Array.from({ length: dataset.length }, (_, index) => {
    const label = labelOf(dataset, index)
    const classes = sets.get(label) ?? new Set([label])
    sets.set(label, classes)
    return { share: dataset.id(index), samples: [index], classes, held: false }
  })
}

function groupUnits(dataset: Dataset): Unit[] {
  const units = new Map<string, Unit & { classes: Set<number> }>()
  for (let index = 0; index < dataset.length; index++) {
    const name = dataset.group!(index)
    let unit = units.get(name)
    if (!unit) {
      unit = { share: idOfText(name), samples: [], classes: new Set<number>(), held: false }
      units.set(name, unit)
    }
    unit.samples.push(index)
    unit.classes.add(labelOf(dataset, index))
  }
  return [...units.values()]
}

/** Classes that no unit of a side has, in order. */
function lacking(units: readonly Unit[], side: boolean): number[] {
  const [here, all] = [new Set<number>(), new Set<number>()]
  for (const { held, classes } of units)
    for (const label of classes) {
      all.add(label)
      if (held === side) here.add(label)
    }
  return [...all].filter(label => !here.has(label)).sort((a, b) => a - b)
}

/** Moves the unit of a class that is nearest to the other side, unless it is the last of a class there. */
function fill(units: readonly Unit[], label: number, side: boolean): void {
  if (units.some(({ held, classes }) => held === side && classes.has(label))) return
  const others = units.filter(unit => unit.held !== side)
  const isSpare = (unit: Unit) =>
    [...unit.classes].every(c => others.some(other => other !== unit && other.classes.has(c)))
  const sign = side ? 1 : -1
  const nearest = others
    .filter(unit => unit.classes.has(label))
    .sort((a, b) => sign * (a.share - b.share))
    .find(isSpare)
  if (nearest) nearest.held = side
}

function indicesOf(units: readonly Unit[], side: boolean): Uint32Array {
  return Uint32Array.from(
    units.flatMap(({ held, samples }) => (held === side ? samples : [])),
  ).sort()
}
