import { describe, expect, it } from 'vitest'
import { fold, type Key, keyOf, Random } from '../base/index.js'
import { openKernels, scalarKernels, sharedKernels } from './kernels.js'
import { openArena } from './module.js'
import { poissonTable, poissonTableLength } from './poisson-table.js'
import { runTwin } from './runner.js'
import { type KernelName, type KernelRow, kernelTable, type Role } from './table.js'

const arena = openArena(64 * 1024 ** 2)
const key: Key = { seed: [7, 8], stream: [9, 10] }
const lengths = [1, 3, 15, 16, 17, 784, 1000, 1024, 1039, 5000, 16384, 40003]

/** Numbers a kernel may meet: normal ones, and now and then an extreme one. */
function fill(array: Float32Array, random: Random): Float32Array {
  const extremes = [0, -0, 1, 1e-30, -1e30, 1e-42]
  sharedKernels().normal(array, 1, fold(key, random.uint32()))
  for (let i = random.below(40); i < array.length; i += 1 + random.below(80))
    array[i] = extremes[random.below(6)]
  return array
}

const table = arena.alloc(poissonTableLength)
new Uint32Array(table.buffer, table.byteOffset, table.length).set(poissonTable())

function argument(role: Role, length: number, random: Random): Float32Array {
  return role === 'table' ? table : fill(new Float32Array(length), random)
}

const scalarValues: Record<string, number> = {
  low: -1,
  scale: 40,
  high: 1.25,
  step: 2 ** -32,
  under: -(2 ** 30),
  over: 2 ** 30,
  correction: 0.7,
  decay: 0.99,
}

/** The first index where two arrays differ in a bit, or -1. */
function firstDifference(a: Float32Array, b: Float32Array): number {
  const [x, y] = [a, b].map(v => new Uint32Array(v.buffer, v.byteOffset, v.length))
  return x.findIndex((bits, i) => bits !== y[i])
}

describe.each(Object.keys(kernelTable) as KernelName[])('%s', name => {
  const row: KernelRow = kernelTable[name]
  const scalars = row.scalars.map((s, i) => scalarValues[s] ?? 0.1 + 0.07 * i)

  it.each(lengths)('SIMD gives the bits of its twin on %i floats', length => {
    const random = new Random(keyOf(1, name, length))
    const plain = row.arrays.map(role => argument(role, length, random))
    const outside = plain.map((array, i) => (row.arrays[i] === 'table' ? array : array.slice()))
    // A view that starts anywhere, with a guard behind it.
    const inside = plain.map((array, i) => {
      if (row.arrays[i] === 'table') return array
      const room = arena.alloc(length + 8).fill(12345)
      room.set(array, 3)
      return room.subarray(3, 3 + length)
    })
    const wanted = runTwin(name, plain, scalars, key, 2048)
    expect(arena.run(name, outside, scalars, key, 2048)).toBe(wanted)
    expect(arena.run(name, inside, scalars, key, 2048)).toBe(wanted)
    plain.forEach((array, i) => {
      expect(firstDifference(outside[i], array)).toBe(-1)
      expect(firstDifference(inside[i], array)).toBe(-1)
      if (row.arrays[i] === 'table') return
      const guard = new Float32Array(inside[i].buffer, inside[i].byteOffset + length * 4, 5)
      expect([...guard]).toEqual([12345, 12345, 12345, 12345, 12345])
    })
  })

  it('gives the same bits made in parts', () => {
    if (!row.keyed) return
    const input = row.arrays.map(role => argument(role, 3000, new Random(key)))
    const copy = (array: Float32Array, i: number) =>
      row.arrays[i] === 'table' ? array : array.slice()
    const whole = input.map(copy)
    const parts = input.map(copy)
    arena.run(name, whole, scalars, key, 64)
    for (const [from, to] of [
      [1008, 3000],
      [0, 1008],
    ] as const)
      arena.run(
        name,
        parts.map((p, i) => (row.arrays[i] === 'table' ? p : p.subarray(from, to))),
        scalars,
        key,
        64 + from,
      )
    expect(parts.map((p, i) => firstDifference(p, whole[i]))).toEqual(parts.map(() => -1))
  })
})

describe('blur', () => {
  it.each([
    [1, 1, 2],
    [2, 3, 1],
    [5, 7, 9],
    [32, 32, 4],
    [28, 29, 3],
    [3, 64, 20],
    [9, 13, 5],
    [4, 12, 4],
    [20, 31, 23],
  ])(
    'of %i x %i with radius %i gives the bits of its twin, in place too',
    (height, width, radius) => {
      const x = fill(new Float32Array(3 * height * width), new Random(keyOf(2, 'blur')))
      const weights = Float32Array.from({ length: radius + 1 }, (_, k) => (k + 1) / 50)
      const [fast, slow] = [openKernels({ bytes: 1 << 20 }), scalarKernels()].map(kernels => {
        const out = x.slice()
        kernels.blur(out, out, { height, width, weights, low: -0.5, high: 40 })
        return out
      })
      expect(firstDifference(fast, slow)).toBe(-1)
    },
  )

  it('of a plane too large for the memory gives the same bits', () => {
    const x = fill(new Float32Array(400 * 400), new Random(keyOf(3, 'blur')))
    const plane = { height: 400, width: 400, weights: Float32Array.from([0.25, 0.5]) }
    const [small, large] = [1 << 16, 1 << 23].map(bytes => {
      const out = new Float32Array(x.length)
      openKernels({ bytes }).blur(x, out, plane)
      return out
    })
    expect(firstDifference(small, large)).toBe(-1)
  })
})

describe('adding at a ratio', () => {
  it.each([7, 784, 16000, 16400])(
    'of rows of %i gives the bits of its twin, wherever they lie',
    length => {
      const kernels = openKernels({ bytes: 4 << 20 })
      const [x, noise] = [1, 2].map(n => {
        const array = fill(new Float32Array(3 * length), new Random(keyOf(n, 'ratio')))
        return array.map(value => Math.max(-1e10, value))
      })
      x.fill(0, length, 2 * length)
      const resident = [x, noise, x].map(array => {
        const inside = kernels.alloc(array.length)
        inside.set(array)
        return inside
      })
      const rows = { length, ratio: 0.3 }
      const [outside, slow] = [new Float32Array(x.length), new Float32Array(x.length)]
      expect(kernels.addAtRatio(resident[0], resident[1], resident[2], rows)).toBe(1)
      expect(kernels.addAtRatio(x, noise, outside, rows)).toBe(1)
      expect(scalarKernels().addAtRatio(x, noise, slow, rows)).toBe(1)
      expect(firstDifference(resident[2], slow)).toBe(-1)
      expect(firstDifference(outside, slow)).toBe(-1)
      expect(slow.subarray(length, 2 * length)).toEqual(x.subarray(length, 2 * length))
      const part = (a: Float32Array) => a.subarray(2 * length)
      const added = part(slow).map((value, i) => value - part(x)[i])
      const ratio = Math.sqrt(kernels.sumOfSquares(added) / kernels.sumOfSquares(part(x)))
      expect(ratio).toBeCloseTo(0.3, 5)
    },
  )
})

describe('bytes as numbers in [0, 1]', () => {
  it.each([1, 16, 255, 784, 300_000])('are byte / 255 rounded once, of %i', length => {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7)
    const wanted = Float32Array.from(bytes, byte => byte / 255)
    const kernels = openKernels({ bytes: 2 << 20 })
    for (const out of [kernels.alloc(length), new Float32Array(length)]) {
      kernels.unitOfBytes(bytes, out)
      expect(firstDifference(out, wanted)).toBe(-1)
    }
    const other = openKernels({ bytes: 2 << 20 }).alloc(length)
    kernels.unitOfBytes(bytes, other)
    expect(firstDifference(other, wanted)).toBe(-1)
  })
})

describe('rows of a batch', () => {
  const whole = openKernels({ bytes: 4 << 20 })
  const [own, elsewhere] = [(n: number) => whole.alloc(n), (n: number) => new Float32Array(n)]
  /** Kernels, and whether the arrays are in their memory, in another's or in none. */
  const everywhere = [
    [whole, own],
    [whole, elsewhere],
    [sharedKernels(), own],
    [scalarKernels(), elsewhere],
  ] as const

  it.each([10, 49, 784, 1024, 2100])('of %i get the noise they get alone', width => {
    const x = fill(new Float32Array(7 * width), new Random(keyOf(1, 'rows', width)))
    const rows = {
      ...{ width, count: 5, list: Uint32Array.of(6, 0, 2, 3, 5), low: -1, high: 1.25 },
      ids: Float64Array.of(2 ** 40 + 6, 0, 2 ** 53 - 1, 3, 2 ** 32),
      copies: Uint32Array.of(0, 1, 0, 2 ** 32 - 1, 4),
      sigmas: Float32Array.of(0.1, 0.5, 2, 0.3, 1e-4),
    }
    const alone = x.slice()
    for (let i = 0; i < rows.count; i++) {
      const row = alone.subarray(rows.list[i] * width, (rows.list[i] + 1) * width)
      const level = { sigma: rows.sigmas[i], low: -1, high: 1.25 }
      scalarKernels().gaussian(row, row, level, fold(fold(key, rows.ids[i]), rows.copies[i]))
    }
    for (const [kernels, alloc] of everywhere) {
      const [from, to, noisy] = [alloc(x.length), alloc(x.length), alloc(x.length)]
      for (const array of [from, to, noisy]) array.set(x)
      kernels.gaussianRows(noisy, noisy, rows, key)
      kernels.gaussianRows(from, to, rows, key)
      expect(firstDifference(noisy, alone)).toBe(-1)
      expect(firstDifference(to, alone)).toBe(-1)
      expect(firstDifference(from, x)).toBe(-1)
    }
    expect(firstDifference(alone, x)).not.toBe(-1)
    for (const row of [1, 4])
      expect(alone.slice(row * width, (row + 1) * width)).toEqual(
        x.slice(row * width, (row + 1) * width),
      )
  })

  it.each([16, 30, 784])('of %i without copies and a list are the first, keyed by id', width => {
    const x = fill(new Float32Array(4 * width), new Random(keyOf(3, 'rows', width)))
    const ids = Float64Array.of(0, 5, 2 ** 40 + 3, 2 ** 53 - 1)
    const sigmas = new Float32Array(4).fill(0.3)
    const wanted = x.slice()
    for (let row = 0; row < 3; row++) {
      const alone = wanted.subarray(row * width, (row + 1) * width)
      scalarKernels().gaussian(alone, alone, { sigma: 0.3 }, fold(key, ids[row]))
    }
    for (const [kernels, alloc] of everywhere) {
      const noisy = alloc(x.length)
      noisy.set(x)
      kernels.gaussianRows(noisy, noisy, { width, count: 3, ids, sigmas }, key)
      expect(firstDifference(noisy, wanted)).toBe(-1)
    }
  })

  it.each([3, 10, 784])('of %i are mixed as by lerp, and copied at the weights 0 and 1', width => {
    const x = fill(new Float32Array(4 * width), new Random(keyOf(2, 'rows', width)))
    const indices = Int32Array.of(0, 3, 1, 1, 2, 0, 3, 2)
    const weights = Float32Array.of(0.7, 0.3, 1, 0, 0, 1, 0.1, 0.9)
    const rowOf = (row: number) => x.subarray(row * width, (row + 1) * width)
    const wanted = new Float32Array(x.length)
    for (let i = 0; i < 4; i++) {
      const to = wanted.subarray(i * width, (i + 1) * width)
      if (i === 1) to.set(rowOf(1))
      else if (i === 2) to.set(rowOf(0))
      else scalarKernels().lerp(rowOf(i), rowOf(indices[2 * i + 1]), to, weights[2 * i + 1])
    }
    for (const [kernels, alloc] of [
      [whole, own],
      [sharedKernels(), own],
      [whole, elsewhere],
      [scalarKernels(), elsewhere],
    ] as const) {
      const [from, mixed] = [alloc(x.length), alloc(x.length)]
      from.set(x)
      kernels.mixRows(from, mixed, { width, indices, weights })
      expect(firstDifference(mixed, wanted)).toBe(-1)
    }
  })
})

describe('the memory', () => {
  it('gives aligned, padded views that never meet', () => {
    const kernels = openKernels({ bytes: 1 << 20 })
    const views = [1, 16, 17, 3].map(n => kernels.alloc(n))
    const starts = views.map(v => v.byteOffset)
    expect(starts.every(s => s % 64 === 0)).toBe(true)
    expect(starts.slice(1).map((s, i) => s - starts[i])).toEqual([64, 64, 128])
    expect(kernels.holds(views[0])).toBe(true)
    expect(kernels.holds(new Float32Array(1))).toBe(false)
  })

  it('refuses more than 4 GiB, and more than it has, in a sentence', () => {
    expect(() => openKernels({ bytes: 5 * 1024 ** 3 })).toThrow(/at most 4 GiB.*received "5.0 GiB"/)
    const kernels = openKernels({ bytes: 1 << 20 })
    expect(() => kernels.alloc(1 << 22)).toThrow(/floats were asked/)
    expect(kernels.alloc(1 << 18).length).toBe(1 << 18)
  })

  it('refuses arrays of different lengths', () => {
    const [a, b] = [new Float32Array(4), new Float32Array(5)]
    expect(() => openKernels().lerp(a, b, a, 0.5)).toThrow(/lerp got arrays of 4, 5, 4 floats/)
  })
})

describe('NaN', () => {
  it('passes through clips and reductions', () => {
    for (const kernels of [openKernels(), scalarKernels()]) {
      const x = new Float32Array(20).fill(Number.NaN)
      const out = new Float32Array(20)
      kernels.gaussian(x, out, { sigma: 1, low: 0, high: 1 }, key)
      expect(out.every(Number.isNaN)).toBe(true)
      expect(kernels.maxAbs(x)).toBeNaN()
      expect(kernels.sumOfSquares(x)).toBeNaN()
    }
  })
})
