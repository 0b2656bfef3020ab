import { describe, expect, it } from 'vitest'
import { type Key, keyOf, sizeOf } from '../base/index.js'
import { sharedKernels } from '../kernels/index.js'
import { completeLevel } from './level.js'
import { mixInputs, mixTargets } from './mix/apply.js'
import { noises } from './table.js'
import type { Card, InputContext, InputNoise, Level } from './types.js'

const key = (n: number): Key => keyOf(11, 'battery', n)

/** A smooth picture with texture, or a chord with noise: something every noise can act on. */
function sampleFor({ modality }: InputNoise): { x: Float32Array; context: InputContext } {
  if (modality === 'audio') {
    const x = new Float32Array(3000)
    sharedKernels().normal(x, 0.02, key(1))
    for (let i = 0; i < x.length; i++) x[i] += 0.3 * Math.sin(i * 0.13) + 0.1 * Math.sin(i * 0.71)
    return { x, context: { shape: [1, 3000], sampleRate: 8000, clip: [-1, 1], sources: tones() } }
  }
  const shape = [3, 32, 32]
  const x = new Float32Array(sizeOf(shape))
  sharedKernels().uniform(x.fill(0), x, { halfWidth: 0.1 }, key(2))
  x.forEach((value, i) => {
    x[i] = 0.5 + value + 0.3 * Math.sin((i % 32) * 0.3 + Math.floor(i / 32) * 0.2)
  })

  return { x, context: { shape, clip: [0, 1], sources: tones() } }
}

function tones() {
  return [0.9, 0.4].map(step => ({
    samples: Float32Array.from({ length: 4000 }, (_, i) => 0.2 * Math.sin(i * step) * (i % 7)),
    sampleRate: 8000,
  }))
}

function levelsOf(card: Card): Level[] {
  const presets = Object.values(card.presets).flatMap(preset => preset.levels)
  return [completeLevel(card, {}), ...presets.map(level => completeLevel(card, level))]
}

/** What moves a waveform in time: the distance to it is no measure; tested on its own. */
const warping = new Set(['time_stretch', 'speed', 'pitch_shift', 'time_shift'])

/** The ratio counts the sounding parts; tested on its own. */
const partly = new Set(['short_noises'])

/** Published tables whose damage does not grow from the first severity to the last. */
const unordered = new Set(['elastic_transform', 'saturate'])

const bits = (a: Float32Array) => new Uint32Array(a.slice().buffer)

/** Root mean square difference. */
function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2
  return Math.sqrt(sum / a.length)
}

const rows = Object.entries(noises).flatMap(([at, kinds]) =>
  Object.values(kinds).map(card => [`${at}:${card.kind}`, card as Card] as const),
)

describe.each(rows)('the card of %s', (_, card) => {
  it('has a sentence, a source, and levels inside their ranges', () => {
    expect(card.what).toMatch(/^[A-Z].*\.$/)
    expect(card.paper.length).toBeGreaterThan(3)
    expect(card.kind).toMatch(/^[a-z0-9_-]+$/)
    const presets = Object.values(card.presets).flatMap(preset => preset.levels)
    for (const level of presets) expect(completeLevel(card, level)).toEqual(level)
    for (const name of Object.keys(card.identity)) expect(card.levels).toHaveProperty(name)
  })

  it('scales to its identity at 0, to itself at 1', () => {
    for (const level of levelsOf(card)) {
      expect(card.scale(level, 1)).toEqual(level)
      expect(card.scale(level, 0)).toMatchObject(card.identity)
    }
  })
})

describe.each(Object.values(noises.input).map(n => [n.kind, n] as const))(
  'input %s',
  (_, noise) => {
    const { x, context } = sampleFor(noise)
    const run = (level: Level, k: Key, input = x) => {
      const out = new Float32Array(input.length).fill(Number.NaN)
      noise.apply(input, out, level, k, context)
      return out
    }
    const usual = completeLevel(noise, {})

    it('changes nothing at its identity, bit for bit', () => {
      const level = completeLevel(noise, noise.identity)
      const odd = x.slice()
      odd[3] = -0
      expect(bits(run(level, key(3), odd))).toEqual(bits(odd))
    })

    it('keeps to the clip, writes every value, and leaves its input alone', () => {
      const before = x.slice()
      for (const level of levelsOf(noise)) {
        const [low, high] = context.clip as [number, number]
        expect(run(level, key(4)).every(value => value >= low && value <= high)).toBe(true)
      }
      expect(x).toEqual(before)
    })

    it('gives the same bits for the same key, in place and apart, whatever came before', () => {
      const first = run(usual, key(5))
      run(usual, key(6), new Float32Array(x.length).fill(0.25))
      expect(bits(run(usual, key(5)))).toEqual(bits(first))
      const inPlace = x.slice()
      noise.apply(inPlace, inPlace, usual, key(5), context)
      expect(bits(inPlace)).toEqual(bits(first))
    })

    it('changes the sample, and differently under another key', () => {
      const first = run(usual, key(7))
      expect(distance(first, x)).toBeGreaterThan(1e-4)
      const other = run(usual, key(8))
      if (noise.deterministic) expect(bits(other)).toEqual(bits(first))
      else expect(distance(first, other)).toBeGreaterThan(1e-5)
    })

    it('does less with half the gain', () => {
      if (warping.has(noise.kind)) return
      const change = (level: Level) =>
        [0, 1, 2, 3].reduce((sum, k) => sum + distance(run(level, key(20 + k)), x), 0)
      expect(change(noise.scale(usual, 0.5))).toBeLessThan(change(usual))
    })

    it('does more with severity', () => {
      if (unordered.has(noise.kind)) return
      for (const { levels } of Object.values(noise.presets)) {
        const change = (level: Level) =>
          [0, 1, 2, 3].reduce(
            (sum, k) => sum + distance(run(completeLevel(noise, level), key(30 + k)), x),
            0,
          )
        if (levels.length > 1) expect(change(levels[4])).toBeGreaterThan(change(levels[0]))
      }
    })

    it('is as strong as asked', () => {
      const level = usual
      const wide = { ...context, clip: null }
      if (noise.deviation) {
        const flat = new Float32Array(3 * 256 * 256).fill(0.5)
        const out = new Float32Array(flat.length)
        noise.apply(flat, out, level, key(9), { ...wide, shape: [3, 256, 256] })
        expect(distance(out, flat) / noise.deviation(level)).toBeCloseTo(1, 1.7)
      }
      if (level.snr !== undefined && !partly.has(noise.kind)) {
        const out = new Float32Array(x.length)
        noise.apply(x, out, level, key(9), wide)
        const signal = distance(x, new Float32Array(x.length))
        expect(Math.abs(20 * Math.log10(signal / distance(out, x)) - level.snr)).toBeLessThan(0.1)
      }
    })
  },
)

describe.each(Object.values(noises.mix).map(n => [n.kind, n] as const))('mix %s', (_, noise) => {
  const shape = [2, 6, 8]
  const batch = 40
  const x = Float32Array.from({ length: batch * 96 }, (_, i) => Math.floor(i / 96))
  const y = Float32Array.from({ length: batch * batch }, (_, i) =>
    i % batch === Math.floor(i / batch) ? 1 : 0,
  )

  it('leaves every sample alone at its identity', () => {
    const plan = noise.plan(batch, noise.identity, key(1), { shape })
    const out = new Float32Array(x.length)
    mixInputs(plan, x, out, shape)
    expect(bits(out)).toEqual(bits(x))
  })

  it.each(['batch', 'sample'] as const)('plans weights that add up to 1, one draw per %s', per => {
    const plan = noise.plan(batch, completeLevel(noise, {}), key(2), { shape, per })
    const { parts, indices, weights } = plan
    expect(indices.length).toBe(batch * parts)
    for (let i = 0; i < batch; i++) {
      const sum = weights.subarray(i * parts, (i + 1) * parts).reduce((a, b) => a + b, 0)
      expect(sum).toBeCloseTo(1, 5)
      expect(indices[i * parts]).toBe(i)
    }
    expect(noise.plan(batch, completeLevel(noise, {}), key(2), { shape, per })).toEqual(plan)
    expect(noise.plan(batch, completeLevel(noise, {}), key(3), { shape, per })).not.toEqual(plan)
  })

  it.each([1, 2, 3, 7, batch])('mixes inputs and targets by the same shares, batch of %i', size => {
    const part = x.subarray(0, size * 96)
    const labels = y.subarray(0, size * batch)
    const plan = noise.plan(size, completeLevel(noise, {}), key(4), { shape, per: 'sample' })
    const [inputs, targets] = [new Float32Array(part.length), new Float32Array(labels.length)]
    mixInputs(plan, part, inputs, shape)
    mixTargets(plan, labels, targets)
    if (plan.snr !== undefined) return
    for (let i = 0; i < size; i++) {
      // Sample i is filled with the number i, its target one-hot at i.
      const mean = inputs.subarray(i * 96, (i + 1) * 96).reduce((a, b) => a + b, 0) / 96
      const shares = targets.subarray(i * batch, (i + 1) * batch)
      expect(mean).toBeCloseTo(
        shares.reduce((sum, s, label) => sum + s * label, 0),
        3,
      )
    }
  })
})

/** Kinds made for so many classes. */
const classesOf: Record<string, number> = { binary_flip: 2, asymmetric_cifar100: 100 }

describe.each(Object.values(noises.target).map(n => [n.kind, n] as const))(
  'target %s',
  (_, noise) => {
    const classes = classesOf[noise.kind] ?? 10
    const context = {
      prior: new Float32Array(classes).fill(1 / classes),
      transition: Float32Array.from({ length: classes ** 2 }, (_, i) =>
        i % (classes + 1) === 0 ? 0.55 : 0.45 / (classes - 1),
      ),
    }
    const run = (y: Float32Array, level: Level, k: Key) => {
      const out = new Float32Array(y.length)
      noise.apply(y, out, level, k, context)
      return out
    }
    const y = new Float32Array(classes)
    y[1] = 1
    const soft = new Float32Array(classes)
    soft.set(classes > 2 ? [0.1, 0.2, 0.1, 0.6] : [0.3, 0.7])
    const usual = completeLevel(noise, {})

    it('changes nothing at its identity', () => {
      expect(run(y, completeLevel(noise, noise.identity), key(1))).toEqual(y)
    })

    it('gives the same bits for the same key, in place too', () => {
      const first = run(y, usual, key(2))
      const inPlace = y.slice()
      noise.apply(inPlace, inPlace, usual, key(2), context)
      expect(bits(inPlace)).toEqual(bits(first))
    })

    it('keeps a distribution a distribution, soft ones too', () => {
      if (noise.form !== 'classes') return
      for (const target of [y, soft])
        for (let k = 0; k < 50; k++) {
          const out = run(target, usual, key(k))
          expect(out.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
          expect(Math.min(...out)).toBeGreaterThanOrEqual(0)
        }
    })

    it('changes some targets', () => {
      const changed = [y, soft].flatMap(target =>
        Array.from({ length: 200 }, (_, k) => distance(run(target, usual, key(k)), target)),
      )
      expect(Math.max(...changed)).toBeGreaterThan(0)
    })
  },
)

describe.each(Object.values(noises.weight).map(n => [n.kind, n] as const))(
  'weight %s',
  (_, noise) => {
    const shape = [64, 32, 3, 3]
    const w = new Float32Array(sizeOf(shape))
    sharedKernels().normal(w, 0.1, key(1))
    const run = (level: Level, k: Key) => {
      const out = new Float32Array(w.length)
      noise.apply(w, out, level, k, { shape })
      return out
    }
    const strong = strongLevel(noise)

    it('changes nothing at its identity, bit for bit', () => {
      expect(bits(run(completeLevel(noise, noise.identity), key(2)))).toEqual(bits(w))
    })

    it('is finite, follows its key, and does less with half the gain', () => {
      const first = run(strong, key(3))
      expect(first.every(Number.isFinite)).toBe(true)
      expect(bits(run(strong, key(3)))).toEqual(bits(first))
      expect(distance(first, w)).toBeGreaterThan(0)
      if (!noise.deterministic) expect(distance(run(strong, key(4)), first)).toBeGreaterThan(0)
      expect(distance(run(noise.scale(strong, 0.5), key(3)), w)).toBeLessThan(distance(first, w))
      const inPlace = w.slice()
      noise.apply(inPlace, inPlace, strong, key(3), { shape })
      expect(bits(inPlace)).toEqual(bits(first))
    })
  },
)

/** The default level, or where that is the identity one with every field a tenth. */
function strongLevel(card: Card): Level {
  const usual = completeLevel(card, {})
  const same = Object.keys(card.identity).every(name => usual[name] === card.identity[name])
  return same ? Object.fromEntries(Object.keys(usual).map(name => [name, 0.1])) : usual
}
