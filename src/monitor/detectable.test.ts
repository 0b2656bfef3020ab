import { describe, expect, it } from 'vitest'
import { keyOf, Random } from '../base/index.js'
import { gotWorse } from './compare.js'
import { detectableDrop } from './detectable.js'

describe('the detectable drop', () => {
  it('knows what the samples can show', () => {
    const small = detectableDrop({ samples: 500, maxCleanDrop: 0.01 })
    expect(small.warning).toMatch(/500 held-out samples notice a fall in clean accuracy of 0\.0/)
    const large = detectableDrop({ samples: 20_000, maxCleanDrop: 0.01 })
    expect(large).toEqual({ drop: expect.any(Number) })
    expect(large.drop).toBeLessThan(0.02)
    // The claim itself: a fall of that size is noticed about 8 times in 10.
    const random = new Random(keyOf(7, 'test:power'))
    const { drop } = detectableDrop({ samples: 2000, maxCleanDrop: 0.01, alpha: 0.01 })
    let noticed = 0
    for (let r = 0; r < 300; r++) {
      const before = new Uint8Array(2000).fill(1)
      const after = new Uint8Array(2000)
      for (let i = 0; i < 2000; i++) {
        const u = random.float()
        before[i] = u < (0.05 - drop) / 2 ? 0 : 1
        after[i] = u >= (0.05 - drop) / 2 && u < 0.05 ? 0 : 1
      }
      if (gotWorse({ right: before }, { right: after }, 0.01).pValue < 0.01) noticed++
    }
    expect(noticed / 300).toBeGreaterThan(0.68)
    expect(noticed / 300).toBeLessThan(0.92)
  })
})
