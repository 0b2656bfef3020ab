import {
  type DataType,
  didYouMean,
  expected,
  int64Tensor,
  ModelError,
  sizeOf,
  type Tensor,
  tensor,
  UsageError,
  zeros,
} from '../base/index.js'
import { type Graph, int, type Node, type ValueInfo } from '../onnx/index.js'

/** A value for an input that the data does not feed: one number fills the whole input. */
export type Binding = number | readonly number[] | Tensor

export type Bindings = Readonly<Record<string, Binding>>

/** Reads `sr=16000` or `state=0.5,1`; throws UsageError. */
export function parseBinding(text: string): [name: string, value: readonly number[]] {
  const at = text.lastIndexOf('=')
  const parts = text.slice(at + 1).split(',')
  const values = parts.map(Number)
  if (at < 1 || parts.some(part => !part.trim()) || values.some(Number.isNaN))
    throw new UsageError(expected('--input', 'name=value, such as sr=16000', text))
  return [text.slice(0, at), values]
}

/**
 * A copy of a graph in which bound inputs are constants. Sizes that an input leaves open are taken
 * from the batch of `data`, the input that samples feed.
 * Throws ModelError for inputs the model does not have and values that do not fit.
 */
export function bindInputs(graph: Graph, bindings: Bindings): Graph {
  checkNames(graph, bindings)
  const bound: Graph = {
    ...graph,
    nodes: [...graph.nodes],
    inputs: graph.inputs.filter(({ name }) => !Object.hasOwn(bindings, name)),
    initializers: new Map(graph.initializers),
  }
  for (const info of graph.inputs.filter(({ name }) => Object.hasOwn(bindings, name)))
    bind(bound, info, bindings[info.name])
  return bound
}

function checkNames(graph: Graph, bindings: Bindings): void {
  const names = graph.inputs.map(({ name }) => name)
  for (const name of Object.keys(bindings))
    if (!names.includes(name))
      throw new ModelError(
        expected(
          '--input',
          `one of the model's inputs (${names.join(', ')})`,
          name,
          didYouMean(name, names).trim(),
        ),
      )
}

function bind(graph: Graph, info: ValueInfo, value: Binding): void {
  const { name, dtype, shape } = info
  if (typeof value === 'object' && 'dtype' in value) {
    graph.initializers.set(name, value)
    return
  }
  if (!dtype || !shape || dtype === 'string')
    throw new ModelError(
      `The input "${name}" has no numeric type and rank that a value could be given to.`,
    )
  const values = [value].flat() as number[]
  if (shape.every(size => typeof size === 'number'))
    graph.initializers.set(name, filled(name, dtype, shape as number[], values))
  else spread(graph, info, filled(name, dtype, [], values))
}

/** One value over a shape whose open sizes are those of the batch: Expand(value, [.., batch, ..]). */
function spread(graph: Graph, { name, shape }: ValueInfo, value: Tensor): void {
  const [data] = graph.inputs
  if (!data) throw new ModelError('Every input of the model is bound: none is left for data.')
  const part = (size: number | string, axis: number) => {
    if (typeof size === 'string') return `${name}/batch`
    graph.initializers.set(`${name}/size_${axis}`, int64Tensor([size]))
    return `${name}/size_${axis}`
  }
  graph.initializers.set(`${name}/value`, value)
  const node = (op: string, inputs: string[], output: string, attributes = {}): Node => ({
    ...{ name: '', op, domain: '', inputs, outputs: [output], attributes },
  })
  graph.nodes.unshift(
    node('Shape', [data.name], `${name}/batch`, { start: int(0), end: int(1) }),
    node('Concat', shape!.map(part), `${name}/shape`, { axis: int(0) }),
    node('Expand', [`${name}/value`, `${name}/shape`], name),
  )
}

function filled(
  name: string,
  dtype: Exclude<DataType, 'string'>,
  shape: readonly number[],
  values: readonly number[],
): Tensor {
  const count = sizeOf(shape)
  if (values.length !== 1 && values.length !== count)
    throw new ModelError(
      expected(`--input ${name}`, `1 value or ${count} for the shape [${shape}]`, values.length),
    )
  const { data } = zeros(dtype, shape)
  const isWide = data instanceof BigInt64Array || data instanceof BigUint64Array
  for (let i = 0; i < count; i++) {
    const value = values[values.length === 1 ? 0 : i]
    if (isWide && !Number.isSafeInteger(value))
      throw new ModelError(expected(`--input ${name}`, `whole numbers (${dtype})`, value))
    ;(data as { [i: number]: number | bigint })[i] = isWide ? BigInt(value) : value
  }
  return tensor(dtype, shape, data)
}
