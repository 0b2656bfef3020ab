import { ModelError } from '../base/index.js'
import { checkOutputs, repairFor } from './batch/repair.js'
import { type Walked, walkGraph } from './fold/walk.js'
import { weightsOf } from './fold/weights.js'
import type { Dimension, Graph, ValueInfo } from './graph.js'

export interface BatchOptions {
  /** Sizes of symbolic dimensions other than the batch, by name, or as `input[axis]`. */
  readonly dimensions?: Readonly<Record<string, number>>
  /** As for foldConstants. */
  readonly parameters?: ReadonlySet<string>
}

/**
 * A copy of a graph in which every shape is a number and the batch (the first dimension of the
 * inputs, symbolic or fixed) is `batch`: constants are folded, all types inferred. Where the file
 * froze another batch in a Reshape, Resize, Slice, Concat or initial state, the constant is
 * replaced if the row-major order of the samples proves what it has to be.
 * Throws ModelError, naming the node, where the batch cannot be set. It cannot see a node that mixes
 * samples without changing a shape: run two samples together and apart to be sure.
 */
export function withBatch(graph: Graph, batch: number, options: BatchOptions = {}): Graph {
  const parameters = options.parameters ?? weightsOf(graph)
  const fixed = fixedBatch(graph)
  const walk = (size: number, repair?: ReturnType<typeof repairFor>) =>
    walkGraph(sized(graph, size, options), { parameters, repair, trustStated: false })
  if (fixed === undefined) {
    try {
      return walk(batch).graph
    } catch (error) {
      if (!(error instanceof ModelError) || batch === 1) throw error
    }
  }
  const made = fixed ?? 1
  const base = walk(made)
  return made === batch ? base.graph : rebatched(base, made, batch, walk)
}

function rebatched(
  base: Walked,
  from: number,
  to: number,
  walk: (size: number, repair: ReturnType<typeof repairFor>) => Walked,
): Graph {
  try {
    const { graph, facts } = walk(to, repairFor(from, base.facts))
    checkOutputs(graph, base.facts, facts)
    return graph
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    throw new ModelError(
      `The model is made for a batch of ${from} and cannot be given one of ${to}: ${error.message}`,
      error.fields,
    )
  }
}

const firstOf = ({ shape }: ValueInfo): Dimension | undefined => shape?.[0]

/** The batch a file is fixed to; undefined where it is symbolic. */
function fixedBatch(graph: Graph): number | undefined {
  const firsts = graph.inputs.map(firstOf)
  if (firsts.some(first => typeof first === 'string')) return undefined
  return firsts.find(first => typeof first === 'number')
}

/** The graph with numbers in its inputs' shapes, and nothing stated about the values inside. */
function sized(graph: Graph, batch: number, { dimensions = {} }: BatchOptions): Graph {
  const fixed = fixedBatch(graph)
  const symbols = new Set(graph.inputs.map(firstOf).filter(first => typeof first === 'string'))
  const isBatch = (size: Dimension, axis: number, rank: number) =>
    typeof size === 'string'
      ? (axis === 0 && size === '') || (size !== '' && symbols.has(size))
      : axis === 0 && size === fixed && rank > 1
  const inputs = graph.inputs.map(input => {
    if (!input.shape) throw unknownSize(input.name, 'shape', '')
    const { name, shape } = input
    const sizes = shape.map((size, axis) => {
      const given = dimensions[String(size)] ?? dimensions[`${name}[${axis}]`]
      if (isBatch(size, axis, shape.length)) return batch
      if (typeof size === 'number') return size
      if (given !== undefined) return given
      throw unknownSize(
        name,
        `dimension ${axis}${size && ` ("${size}")`}`,
        size || `${name}[${axis}]`,
      )
    })
    return { ...input, shape: sizes }
  })
  const outputs = graph.outputs.map(({ name, dtype, opaque }) => ({ name, dtype, opaque }))
  return { ...graph, inputs, outputs, values: new Map() }
}

function unknownSize(input: string, what: string, key: string): ModelError {
  const remedy = key ? ` Give its size as the dimension "${key}".` : ''
  return new ModelError(
    `Input "${input}": expected a ${what} of known size, received one the file leaves open.${remedy}`,
    { input },
  )
}
