import { exactExp, exactLog, exactPow, fold, type Key } from '../../base/index.js'
import { sharedKernels } from '../../kernels/index.js'
import { amount, scaleLinearly } from '../level.js'
import type { Level } from '../types.js'
import { defineWeight } from './define.js'
import { normals } from './draws.js'

/** Largest conductance in microsiemens. */
const most = 25
/** Seconds after which the programmed conductance was read. */
const start = 20
/** Half the shortest read in seconds. */
const readTime = 250e-9

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

/** Standard deviation of programming in shares of the largest conductance, at conductance g of [0,1]. */
export const programmingDeviation = (g: number) => (0.26348 + 1.965 * g - 1.1731 * g * g) / most

/** Mean and standard deviation of the drift exponent at conductance g. */
export function driftExponent(g: number): { mean: number; deviation: number } {
  const log = exactLog(Math.max(g, 1e-7))
  return {
    mean: clamp(-0.0155 * log + 0.0244, 0.049, 0.1),
    deviation: clamp(-0.0125 * log - 0.0059, 0.008, 0.045),
  }
}

/** Standard deviation of reading over the conductance, after so many seconds. */
export function readDeviation(g: number, seconds: number): number {
  const q = Math.min(0.2, 0.0088 / exactPow(Math.max(g, 1e-7), 0.65))
  return q * Math.sqrt(exactLog((seconds + readTime) / (2 * readTime)))
}

const parts = {
  levels: {
    programming: amount('multiplies the programming noise', 'factor', 1),
    drift: amount('multiplies the drift exponents', 'factor', 1),
    read: amount('multiplies the read noise', 'factor', 1),
    seconds: {
      what: 'time since programming',
      unit: 's',
      range: [20, 1e10] as const,
      default: 3600,
    },
    compensation: {
      what: '1 rescales the tensor to its mean absolute weight before drift',
      unit: '0 or 1',
      range: [0, 1] as const,
      default: 1,
      whole: true,
    },
  },
  identity: { programming: 0, drift: 0, read: 0 },
}

/**
 * Each weight is a pair of phase-change cells, one for either sign, with conductances |w| / max|w|:
 *   programmed: g + deviation N(0, 1);  drifted: g (t / 20 s)^-nu;  read: g (1 + deviation N(0, 1)).
 */
export const phaseChange = defineWeight({
  kind: 'phase_change',
  what: 'Programs the weights into phase-change memory and reads them back later: noise, drift, read noise.',
  unit: 'multiples of the measured noise, and time',
  ...parts,
  paper:
    'Nandakumar et al. 2019; Joshi et al. 2020; aihwkit PCMLikeNoiseModel with global drift compensation',
  scale: scaleLinearly(parts),
  apply(w, out, level, key) {
    const largest = sharedKernels().maxAbs(w)
    if (!(largest > 0)) return out.set(w)
    const g = Float32Array.from(w, value => value / largest)
    const positive = cells(
      g.map(value => Math.max(0, value)),
      level,
      fold(key, 0),
    )
    const negative = cells(
      g.map(value => Math.max(0, -value)),
      level,
      fold(key, 1),
    )
    const gain = level.compensation ? positive.lost(negative) : 1
    for (let i = 0; i < w.length; i++)
      out[i] = largest * gain * (positive.read[i] - negative.read[i])
  },
})

interface Cells {
  readonly read: Float32Array
  readonly programmed: number
  readonly drifted: number
  /** What restores the mean absolute weight of two halves. */
  lost(other: Cells): number
}

function cells(target: Float32Array, level: Level, key: Key): Cells {
  const [programming, drifting, reading] = [0, 1, 2].map(k => normals(k, target.length, key))
  const age = exactLog(level.seconds / start)
  let [programmed, drifted] = [0, 0]
  const read = target.map((g, i) => {
    const set = Math.max(0, g + level.programming * programmingDeviation(g) * programming[i])
    const { mean, deviation } = driftExponent(g)
    const nu = level.drift * Math.abs(mean + deviation * drifting[i])
    const left = set * exactExp(-nu * age)
    programmed += set
    drifted += left
    return Math.max(0, left * (1 + level.read * readDeviation(g, level.seconds) * reading[i]))
  })
  const lost = (other: Cells) => (programmed + other.programmed) / (drifted + other.drifted)
  return { read, programmed, drifted, lost }
}
