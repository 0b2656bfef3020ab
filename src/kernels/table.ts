import type { Key } from '../base/index.js'
import * as elementwise from './twin/elementwise.js'
import * as noise from './twin/noise.js'
import * as optimizers from './twin/optimizers.js'
import { poisson } from './twin/poisson.js'

/** What a kernel does with an array: reads it, writes it whole, or both; a table is read at any place. */
export type Role = 'in' | 'out' | 'both' | 'table'

/** One kernel: the shape of its call, and the scalar twin that gives the same bits. */
export interface KernelRow {
  readonly arrays: readonly Role[]
  readonly scalars: readonly string[]
  /** Takes a key and the number of its first sample. */
  readonly keyed?: boolean
  /** Makes one number of each chunk, joined in order by this. */
  readonly join?: (a: number, b: number) => number
  twin(
    arrays: readonly Float32Array[],
    scalars: readonly number[],
    key: Key,
    first: number,
  ): unknown
}

const clipped = ['low', 'high']
const gradient = ['scale', 'l2']
const moments = ['beta1', 'rest1', 'beta2', 'rest2']

/** Every kernel by the name its module exports. */
export const kernelTable = {
  words: {
    arrays: ['out'],
    scalars: [],
    keyed: true,
    twin: ([out], _, key, first) => noise.words(out, key, first),
  },
  normal: {
    arrays: ['out'],
    scalars: ['sigma'],
    keyed: true,
    twin: ([out], [sigma], key, first) => noise.normal(out, sigma, key, first),
  },
  gaussian: {
    arrays: ['in', 'out'],
    scalars: ['sigma', ...clipped],
    keyed: true,
    twin: noise.gaussian,
  },
  uniform: {
    arrays: ['in', 'out'],
    scalars: ['step', ...clipped],
    keyed: true,
    twin: noise.uniform,
  },
  laplace: {
    arrays: ['in', 'out'],
    scalars: ['scale', ...clipped],
    keyed: true,
    twin: noise.laplace,
  },
  speckle: {
    arrays: ['in', 'out'],
    scalars: ['sigma', ...clipped],
    keyed: true,
    twin: noise.speckle,
  },
  replace: {
    arrays: ['in', 'out'],
    scalars: ['under', 'over', ...clipped],
    keyed: true,
    twin: noise.replace,
  },
  poisson: {
    arrays: ['in', 'table', 'out'],
    scalars: ['scale', 'inverse', ...clipped],
    keyed: true,
    twin: poisson,
  },
  lerp: { arrays: ['in', 'in', 'out'], scalars: ['weight'], twin: elementwise.lerp },
  scaleAdd: { arrays: ['in', 'out'], scalars: ['scale', 'shift'], twin: elementwise.scaleAdd },
  addScaled: { arrays: ['in', 'in', 'out'], scalars: ['weight'], twin: elementwise.addScaled },
  clamp: { arrays: ['in', 'out'], scalars: clipped, twin: elementwise.clamp },
  sumOfSquares: {
    arrays: ['in'],
    scalars: [],
    join: (a, b) => a + b,
    twin: elementwise.sumOfSquares,
  },
  energy: { arrays: ['in'], scalars: [], join: (a, b) => a + b, twin: elementwise.energy },
  maxAbs: { arrays: ['in'], scalars: [], join: Math.max, twin: elementwise.maxAbs },
  adam: {
    arrays: ['both', 'in', 'both', 'both'],
    scalars: [...gradient, 'decay', ...moments, 'stepSize', 'correction', 'epsilon'],
    twin: optimizers.adam,
  },
  momentum: {
    arrays: ['both', 'in', 'both'],
    scalars: [...gradient, 'momentum', 'direct', 'carried', 'rate'],
    twin: optimizers.momentum,
  },
  descent: {
    arrays: ['both', 'in'],
    scalars: [...gradient, 'rate'],
    twin: optimizers.descent,
  },
} satisfies Record<string, KernelRow>

export type KernelName = keyof typeof kernelTable
