import { describe, expect, it } from 'vitest'
import { type Graph, inferGraph, type Model, readModel } from '../src/onnx/index.js'
import { conformanceCases, conformanceModel, conformanceTensors } from './support/shared.js'

/** The model with its inputs as constants where they are no floats, and the rest with exact shapes. */
function prepared(name: string): { model: Model; graph: Graph } {
  const model = readModel(conformanceModel(name))
  const { graph } = model
  const tensors = conformanceTensors(name, 'input')
  graph.values.clear()
  graph.outputs = graph.outputs.map(({ name }) => ({ name }))
  for (const [i, input] of graph.inputs.entries()) graph.initializers.set(input.name, tensors[i])
  graph.inputs = []
  return { model, graph }
}

describe('inference', () => {
  it.each(conformanceCases())('finds the type $name really has', ({ name }) => {
    const { graph } = prepared(name)
    expect(inferGraph(graph).size).toBe(0)
    const wanted = conformanceTensors(name, 'output')
    expect(graph.outputs.map(({ dtype, shape }) => ({ dtype, shape }))).toEqual(
      wanted.map(({ dtype, shape }) => ({ dtype, shape: [...shape] })),
    )
  })
})
