import { describe, expect, it } from 'vitest'
import { bitsOf, runModel } from '../../test/support/runtime.js'
import {
  conformanceCases,
  conformanceModel,
  conformanceTensors,
  hasShared,
  sharedModel,
  sharedModels,
} from '../../test/support/shared.js'
import type { Tensor } from '../base/index.js'
import { readModel } from './proto/read.js'
import { writeModel } from './proto/write.js'

const bits = (results: Record<string, Tensor>) =>
  Object.fromEntries(Object.entries(results).map(([name, t]) => [name, bitsOf(t)]))

describe.skipIf(!hasShared)('a model read and written again', () => {
  it('gives the same bits for every conformance case', async () => {
    const cases = conformanceCases()
    expect(cases.length).toBeGreaterThan(300)
    let compared = 0
    for (const { name, passes } of cases) {
      const original = conformanceModel(name)
      const copy = writeModel(readModel(original))
      if (!passes) continue
      const tensors = conformanceTensors(name, 'input')
      const { inputs } = readModel(original).graph
      const feeds = Object.fromEntries(inputs.map(({ name }, i) => [name, tensors[i]]))
      expect(bits(await runModel(copy, feeds)), name).toEqual(bits(await runModel(original, feeds)))
      compared++
    }
    expect(compared).toBe(cases.filter(c => c.passes).length)
  })

  it.each(Object.keys(sharedModels))('gives the same bits for %s', async file => {
    const original = sharedModel(file)
    const copy = writeModel(readModel(original))
    const feeds = sharedModels[file]()
    expect(bits(await runModel(copy, feeds))).toEqual(bits(await runModel(original, feeds)))
  })

  it.each(Object.keys(sharedModels))('is stable: %s written twice is the same', file => {
    const once = writeModel(readModel(sharedModel(file)))
    expect(Buffer.compare(writeModel(readModel(once)), once)).toBe(0)
  })
})
