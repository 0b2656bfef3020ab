import { describe, expect, it } from 'vitest'
import { readModel } from '../../src/onnx/index.js'
import { conformanceCases, conformanceModel, conformanceTensors } from '../support/shared.js'
import { type Feed, interpret, toValue } from './index.js'

/** Cases the reference leaves out, and why. */
const left: Record<string, string> = {
  test_resize_downsample_scales_cubic_align_corners:
    'the specification divides by the unrounded output size; the reference, like ONNX Runtime, does not',
}

/** Largest difference relative to the larger of 1 and the expected size; NaN equals NaN. */
function worst(actual: Float64Array, wanted: Float64Array): number {
  return wanted.reduce((most, value, i) => {
    if (Object.is(actual[i], value) || actual[i] === value) return most
    const difference = Math.abs(actual[i] - value) / Math.max(1, Math.abs(value))
    return Math.max(most, Number.isNaN(difference) ? Infinity : difference)
  }, 0)
}

describe('the double-precision reference', () => {
  const cases = conformanceCases().filter(({ name }) => !left[name])

  it.each(cases)('gives the expected outputs of $name', ({ name }) => {
    const { graph } = readModel(conformanceModel(name))
    const inputs = conformanceTensors(name, 'input')
    const feeds = new Map(graph.inputs.map((input, i) => [input.name, inputs[i] as Feed]))
    const values = interpret(graph, feeds)
    for (const [k, wanted] of conformanceTensors(name, 'output').entries()) {
      const actual = values.get(graph.outputs[k].name)!
      expect(actual.shape).toEqual(wanted.shape)
      const tolerance = wanted.dtype === 'float16' ? 2e-3 : 1e-4
      expect(worst(actual.data, toValue(wanted as Feed).data)).toBeLessThan(tolerance)
    }
  })
})
