import { describe, expect, it } from 'vitest'
import { keyOf } from '../../base/index.js'
import { mixup } from '../perturb.js'
import { noiseOf } from '../table.js'
import { mixInputs } from './apply.js'

const key = (n: number) => keyOf(8, 'mix', n)

describe('cutmix', () => {
  it('takes 1 - lambda of the area on average, whole boxes, of images, waveforms and vectors', () => {
    for (const shape of [[3, 32, 32], [1, 1000], [1000]]) {
      let area = 0
      for (let n = 0; n < 300; n++) {
        const plan = noiseOf('mix', 'cutmix').plan(4, { alpha: 1 }, key(n), {
          shape,
          per: 'sample',
        })
        for (let i = 0; i < 4; i++) area += plan.weights[2 * i + 1]
      }
      // With a uniform lambda the edges leave .32 of an image and .42 of a stretch, less rounding.
      expect(area / 1200).toBeCloseTo(shape.length === 3 ? 0.3 : 0.415, 1.4)
    }
  })

  it('pastes the box of the partner and nothing else', () => {
    const shape = [1, 4, 4]
    const x = Float32Array.from({ length: 32 }, (_, i) => (i < 16 ? 0 : 1))
    const plan = {
      parts: 2,
      indices: Int32Array.from([0, 1, 1, 0]),
      weights: new Float32Array(4),
      boxes: Int32Array.from([1, 0, 3, 2, 0, 0, 0, 0]),
    }
    const out = new Float32Array(32)
    mixInputs(plan, x, out, shape)
    expect([...out.subarray(0, 16)]).toEqual([0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0])
    expect(out.subarray(16)).toEqual(x.subarray(16))
  })
})

describe('the random switch', () => {
  it('chooses CutMix as often as asked', () => {
    const noise = noiseOf('mix', 'mixup_or_cutmix')
    const level = { mixupAlpha: 0.8, cutmixAlpha: 1, cutmix: 0.3 }
    const boxes = Array.from(
      { length: 2000 },
      (_, n) => noise.plan(2, level, key(n), { shape: [1, 8, 8] }).boxes,
    )
    expect(boxes.filter(Boolean).length / 2000).toBeCloseTo(0.3, 1)
  })
})

describe('mixing at a signal-to-noise ratio', () => {
  it('adds the partner at that ratio, and leaves silence alone', () => {
    const x = new Float32Array(3000)
    for (let i = 0; i < 2000; i++) x[i] = Math.sin(i) * (i < 1000 ? 1 : 0.1)
    const plan = {
      parts: 2,
      indices: Int32Array.from([0, 1, 1, 2, 2, 0]),
      weights: new Float32Array(6),
      snr: 5,
    }
    const out = new Float32Array(3000)
    const notes: string[] = []
    mixInputs(plan, x, out, [1000], reason => notes.push(reason))
    expect(notes.length).toBe(2)
    expect(notes.join()).toMatch(/the noise is silent.*the sample is silent/)
    const power = (a: Float32Array) => a.reduce((sum, v) => sum + v * v, 0)
    const added = out.slice(0, 1000).map((v, i) => v - x[i])
    expect(10 * Math.log10(power(x.subarray(0, 1000)) / power(added))).toBeCloseTo(5, 3)
    expect(out.subarray(1000, 2000)).toEqual(x.subarray(1000, 2000))
    expect(out.subarray(2000)).toEqual(x.subarray(2000))
  })
})

describe('mixup', () => {
  it('takes class numbers as well as probabilities, and batches of one', () => {
    const x = Float32Array.from([1, 2, 3, 4, 5, 6])
    const { y, plan } = mixup(x, Float32Array.from([0, 2, 1]), { shape: [2], classes: 3, alpha: 1 })
    expect(y.length).toBe(9)
    for (let i = 0; i < 3; i++) {
      expect(y.subarray(3 * i, 3 * i + 3).reduce((a, b) => a + b)).toBeCloseTo(1, 6)
      const label = [0, 2, 1][i]
      expect(y[3 * i + label]).toBeGreaterThanOrEqual(plan.weights[2 * i] - 1e-6)
    }
    expect(mixup(x.subarray(0, 2), Float32Array.from([1]), { shape: [2] }).x).toEqual(
      x.subarray(0, 2),
    )
    expect(() => mixup(x, Float32Array.from([0, 3, 1]), { shape: [2], classes: 3 })).toThrow(
      /mixup label 1: expected a class from 0 to 2, received 3/,
    )
  })
})
