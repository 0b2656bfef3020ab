import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { operatorOf, operators } from './ops.js'

type Fact = [string, number[], [number, number], [number, number], number[]]

const golden = new URL('../../test/golden/operators/facts.json', import.meta.url)
const facts: Fact[] = JSON.parse(readFileSync(golden, 'utf8'))

/** Where the table knows more than the specification marks: inputs it adds, or takes away. */
const departures: Record<string, number[]> = {
  AffineGrid: [0],
  Attention: [0, 1, 2, 3, 4, 5],
  Clip: [0, 1, 2],
  DFT: [0],
  DeformConv: [0, 1, 2, 3, 4],
  GRU: [0, 1, 2, 3, 5],
  GridSample: [0, 1],
  Hardmax: [],
  LSTM: [0, 1, 2, 3, 5, 6, 7],
  LayerNormalization: [0, 1, 2],
  OneHot: [2],
  Pad: [0, 2],
  RMSNormalization: [0, 1],
  RNN: [0, 1, 2, 3, 5],
  ReverseSequence: [0],
  RoiAlign: [0],
  RotaryEmbedding: [0, 1, 2],
  STFT: [0, 2],
  Upsample: [0],
}

describe('the operator table', () => {
  it('has the operators of the specification, and no others', () => {
    expect(Object.keys(operators)).toEqual(facts.map(([name]) => name))
  })

  it.each(facts)('%s has the versions, inputs and outputs of the specification', (...fact) => {
    const [name, since, inputs, outputs, differentiable] = fact
    const most = (n: number) => (n < 0 ? Infinity : n)
    expect(operatorOf(name)).toEqual({
      since,
      inputs: [inputs[0], most(inputs[1])],
      outputs: [outputs[0], most(outputs[1])],
      differentiable: departures[name] ?? differentiable,
    })
  })

  it('names only departures that are some', () => {
    for (const [name, , , , differentiable] of facts)
      if (departures[name]) expect(departures[name]).not.toEqual(differentiable)
  })

  it('does not take a name from the prototype for an operator', () => {
    expect(operatorOf('constructor')).toBeUndefined()
  })
})
