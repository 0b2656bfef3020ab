import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { keyOf } from '../../../base/index.js'
import { completeLevel } from '../../level.js'
import { noiseOf } from '../../table.js'
import type { Level } from '../../types.js'
import { gaussianBlur } from './blur.js'
import { distanceToMarks } from './distance.js'
import { cannyOfBytes } from './edges.js'
import { softLine, withLines } from './line.js'
import { readPicture } from './picture.js'
import { plasmaFrom } from './plasma.js'
import { mud, water } from './spatter.js'
import { affineThrough, invertAffine, placesOf, rasterPlaces, resample } from './warp.js'
import { zigzagPoints } from './zigzag.js'

interface Packed {
  dtype: string
  shape: number[]
  data: string
}

interface Golden {
  images: Record<string, Packed>
  cases: { kind: string; level: Level; image: string; result: Packed }[]
  signed: { kind: string; level: Level; results: Packed[] }[]
  // biome-ignore lint/suspicious/noExplicitAny: a record of the oracle's intermediate arrays
  steps: any
  spatters: (Record<'liquid' | 'edges' | 'far' | 'water' | 'mud', Packed> &
    Record<'threshold' | 'intensity', number>)[]
  plasma: { side: number; decay: number; draws: Packed; map: Packed }
  lines: { points: [number, number, number, number]; line: Packed }[]
  zigzags: { rows: [number, number]; result: Packed }[]
}

const file = new URL('../../../../test/golden/noise/corruptions.json.gz', import.meta.url)
const golden = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Golden

const kinds = { uint8: Uint8Array, float64: Float64Array } as const

function unpack({ dtype, data }: Packed): Float64Array {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'))
  return Float64Array.from(new kinds[dtype as keyof typeof kinds](bytes.buffer))
}

const pixels = (name: string) => Float32Array.from(unpack(golden.images[name]), v => v / 255)

function corrupted(kind: string, image: string, given: Level, n = 0): Float64Array {
  const noise = noiseOf('input', kind)
  const x = pixels(image)
  const out = new Float32Array(x.length)
  const { shape } = golden.images[image]
  noise.apply(x, out, completeLevel(noise, given), keyOf(n, 'published'), { shape })
  return Float64Array.from(out, v => Math.round(v * 255))
}

/** How many values differ, and by how much at most. */
function difference(a: Float64Array, b: Float64Array) {
  const steps = a.map((value, i) => Math.abs(value - b[i]))
  return {
    count: steps.filter(s => s > 0).length / a.length,
    most: steps.reduce((m, s) => Math.max(m, s), 0),
  }
}

/** The largest difference. */
function gap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0)
}

describe('corruptions without chance', () => {
  it.each(golden.cases.map(c => [c.kind, JSON.stringify(c.level), c.image, c] as const))(
    '%s %s of the %s image is what the reference libraries make of it',
    (kind, _, image, { level, result }) => {
      const { count, most } = difference(corrupted(kind, image, level), unpack(result))
      // A value that falls on a whole number may floor either way.
      expect(most).toBeLessThanOrEqual(1)
      expect(count).toBeLessThan(0.005)
    },
  )

  it.each(golden.signed.map(c => [c.kind, c] as const))('%s turns both ways', (kind, c) => {
    const wanted = c.results.map(unpack)
    const seen = new Set<number>()
    for (let n = 0; n < 12; n++) {
      const result = corrupted(kind, 'digit', c.level, n)
      const match = wanted.findIndex(w => difference(result, w).most <= 1)
      expect(match).toBeGreaterThanOrEqual(0)
      seen.add(match)
    }
    expect(seen.size).toBe(2)
  })
})

describe('the steps of elastic_transform', () => {
  const { steps } = golden
  const plane = unpack(steps.plane)

  it('finds and inverts the affine map of three points', () => {
    const map = affineThrough(steps.from, steps.to)
    // OpenCV's order is a, b, c, d, e, f as well.
    expect(gap(map, steps.affine)).toBeLessThan(1e-6)
    const places = rasterPlaces(32, 32, invertAffine(steps.affine))
    const warped = resample(plane, 32, 32, places, 'mirror')
    expect(gap(warped, unpack(steps.warped))).toBeLessThan(1e-5)
  })

  it('displaces every pixel by its own vector', () => {
    const [dx, dy] = [unpack(steps.dx), unpack(steps.dy)]
    const place = placesOf(32, 32, (y, x) => [y + dy[y * 32 + x], x + dx[y * 32 + x]])
    const moved = resample(plane, 32, 32, place, 'reflect')
    expect(gap(moved, unpack(steps.displaced))).toBeLessThan(1e-9)
  })

  it('smooths with reflected edges, however wide the kernel', () => {
    for (const [sigma, packed] of Object.entries(steps.reflected)) {
      const options = { border: 'reflect', truncate: 3 } as const
      const smooth = gaussianBlur(plane, 32, 32, Number(sigma), options)
      expect(gap(smooth, unpack(packed as Packed))).toBeLessThan(1e-9)
    }
  })
})

describe.each(golden.spatters.map((s, i) => [i, s] as const))('splashes %i', (_, s) => {
  const { threshold, intensity } = s
  const square = readPicture(pixels('square'), [3, 32, 32], 'test')
  const liquid = unpack(s.liquid)
  const bytes = (planes: Float64Array[]) =>
    Float64Array.from(
      planes.flatMap(plane => [...plane]),
      Math.floor,
    )

  it('have the edges and distances of OpenCV', () => {
    const edges = cannyOfBytes(
      liquid.map(v => Math.floor(v * 255)),
      32,
      32,
      50,
      150,
    )
    expect(Float64Array.from(edges, e => e * 255)).toEqual(unpack(s.edges))
    const far = distanceToMarks(edges, 32, 32)
    expect(gap(far, unpack(s.far))).toBeLessThan(1e-3)
  })

  it('are the water and the mud of OpenCV', () => {
    const wet = water(square, liquid, { intensity })
    expect(difference(bytes(wet.planes), unpack(s.water)).most).toBeLessThanOrEqual(1)
    const dirty = mud(square, liquid, { threshold, intensity: 0.6 })
    expect(difference(bytes(dirty.planes), unpack(s.mud)).most).toBeLessThanOrEqual(1)
  })
})

describe('fog and lines', () => {
  it('make the map of numpy from the same draws', () => {
    const { side, decay, draws, map } = golden.plasma
    const all = unpack(draws)
    let used = 0
    const made = plasmaFrom(side, decay, count => {
      used += count
      return all.subarray(used - count, used)
    })
    expect(gap(made, unpack(map))).toBeLessThan(1e-9)
  })

  it('draw the lines and zigzags of MNIST-C', () => {
    for (const {
      points: [c0, r0, c1, r1],
      line,
    } of golden.lines)
      expect(gap(softLine(28, 28, [c0, r0], [c1, r1]), unpack(line))).toBeLessThan(1e-9)
    const digit = readPicture(pixels('digit'), [1, 28, 28], 'test')
    for (const {
      rows: [r0, r1],
      result,
    } of golden.zigzags) {
      const points = zigzagPoints([2, r0], [25, r1])
      const legs = points.slice(1).map((to, i) => softLine(28, 28, points[i], to))
      const drawn = withLines(digit, legs).planes[0].map(Math.floor)
      expect(difference(drawn, unpack(result)).most).toBeLessThanOrEqual(1)
    }
  })
})
