import { exactExp } from '../base/index.js'

/** Means 0, 1/4, ... below 64, each with counts 0 to 127. */
const rows = 256
const columns = 128

/**
 * The alias tables (Walker 1977, Vose 1991) of Poisson numbers of mean row / 4: each entry holds a
 * 24-bit threshold above its alias of 8 bits.
 */
export function poissonTable(): Uint32Array {
  const words = new Uint32Array(rows * columns)
  for (let row = 0; row < rows; row++) words.set(aliasRow(probabilities(row / 4)), row * columns)
  return words
}

export const poissonTableLength = rows * columns

function probabilities(mean: number): number[] {
  const chances = [exactExp(-mean)]
  for (let k = 1; k < columns; k++) chances.push((chances[k - 1] * mean) / k)
  const sum = chances.reduce((a, b) => a + b)
  return chances.map(chance => chance / sum)
}

function aliasRow(chances: readonly number[]): Uint32Array {
  const left = chances.map(chance => chance * columns)
  const row = new Uint32Array(columns)
  const small = [...left.keys()].filter(k => left[k] < 1)
  const large = [...left.keys()].filter(k => left[k] >= 1)
  while (small.length && large.length) {
    const k = small.pop() as number
    const donor = large[large.length - 1]
    row[k] = entry(left[k], donor)
    left[donor] -= 1 - left[k]
    if (left[donor] < 1) small.push(large.pop() as number)
  }
  for (const k of [...small, ...large]) row[k] = entry(1, k)
  return row
}

/** A threshold of 2^24 does not fit; the alias of a column kept always is itself. */
function entry(threshold: number, alias: number): number {
  return ((Math.min(0xffffff, Math.round(threshold * 0x1000000)) << 8) | alias) >>> 0
}
