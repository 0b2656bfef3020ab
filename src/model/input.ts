import { expected, ModelError, sizeOf } from '../base/index.js'
import { type Dimension, type Graph, intsOf, uses, type ValueInfo } from '../onnx/index.js'

export type Layout = 'NCHW' | 'NHWC'

/** Where the channels of the input stand, and why it is thought so. */
export interface LayoutGuess {
  readonly layout: Layout
  readonly reason: string
}

/**
 * The one input that is not bound, or the one named. Throws ModelError when there are several and
 * none is named, or none at all.
 */
export function dataInput({ inputs }: Graph, named?: string): ValueInfo {
  if (!inputs.length) throw new ModelError('The model has no input left that data could feed.')
  const info = named === undefined ? inputs[0] : inputs.find(({ name }) => name === named)
  if (!info) throw new ModelError(`The model has no input "${named}" left that data could feed.`)
  if (inputs.length > 1 && named === undefined) {
    const names = inputs.map(({ name, shape }) => `"${name}" [${shape?.map(s => s || '?') ?? '?'}]`)
    throw new ModelError(
      `The model takes ${inputs.length} inputs: ${names.join(', ')}. Data feeds one of them; bind the others with --input name=value.`,
      { inputs: inputs.map(({ name }) => name) },
    )
  }
  if (!info.shape?.length)
    throw new ModelError(
      `The input "${info.name}" has no batch axis: ${info.shape ? 'it is a single number' : 'its shape is not declared'}. Temper needs an input of [batch, ...].`,
    )
  return info
}

const convolving = new Set(['Conv', 'MaxPool', 'AveragePool', 'BatchNormalization'])
const elementwise = new Set(['Add', 'Sub', 'Mul', 'Div', 'Cast', 'Identity', 'Clip', 'Pad'])

/**
 * The layout of an input, from what reads it first (a convolution, a transposition), else from its
 * sizes: images have 1, 3 or 4 channels.
 */
export function guessLayout(graph: Graph, { name, shape }: ValueInfo): LayoutGuess {
  const sizes = shape!.slice(1)
  if (sizes.length !== 3)
    return { layout: 'NCHW', reason: `it has ${sizes.length} axes after the batch` }
  const [first, , last] = sizes
  const bySize: LayoutGuess =
    likeChannels(last) > likeChannels(first)
      ? { layout: 'NHWC', reason: `its last size is ${last}` }
      : {
          layout: 'NCHW',
          reason: likeChannels(first) ? `its first size is ${first}` : 'nothing says otherwise',
        }
  return firstMover(graph, name) ?? bySize
}

/** How much a size looks like a number of channels. */
function likeChannels(size: Dimension): number {
  if (size === 1 || size === 3) return 2
  return size === 4 ? 1 : 0
}

/** What the input meets first, through elementwise steps. */
function firstMover(graph: Graph, input: string): LayoutGuess | undefined {
  const readers = uses(graph)
  let value = input
  for (let step = 0; step < 16; step++) {
    const [reader] = readers.get(value) ?? []
    if (!reader) return undefined
    if (convolving.has(reader.op)) return { layout: 'NCHW', reason: `a ${reader.op} reads it` }
    if (reader.op === 'Transpose' && `${intsOf(reader, 'perm', [])}` === '0,3,1,2')
      return { layout: 'NHWC', reason: 'it is transposed to channels first' }
    if (!elementwise.has(reader.op)) return undefined
    value = reader.outputs[0]
  }
  return undefined
}

/**
 * The sizes an input takes after the batch, for samples whose axes are in the model's order:
 * open sizes are filled in, axes of size 1 added or dropped in front, and a flat input takes any
 * shape of as many elements. Throws ModelError when samples cannot become the input.
 */
export function sizesFor({ name, shape }: ValueInfo, sample: readonly number[]): number[] {
  const declared = shape!.slice(1)
  const sizes = adapted(declared, sample)
  if (sizes) return sizes
  throw new ModelError(
    expected(
      `model: its input "${name}"`,
      `[${declared.map(s => s || '?').join(', ')}] a sample`,
      `samples of [${sample.join(', ')}]`,
      "Give --preprocess with the model's size, channels or layout.",
    ),
  )
}

function adapted(declared: readonly Dimension[], sample: readonly number[]): number[] | undefined {
  const same = withRank(sample, declared.length)
  if (same && declared.every((size, i) => typeof size === 'string' || size === same[i])) return same
  // The same elements are read in another shape only where the rank says that this is meant.
  if (declared.length === sample.length) return undefined
  const known = declared.filter(size => typeof size === 'number')
  const open = declared.length - known.length
  const rest = sizeOf(sample) / sizeOf(known)
  if (open > 1 || !Number.isInteger(rest) || (!open && rest !== 1)) return undefined
  return declared.map(size => (typeof size === 'number' ? size : rest))
}

function withRank(sample: readonly number[], rank: number): number[] | undefined {
  const extra = sample.length - rank
  if (extra <= 0) return [...new Array(-extra).fill(1), ...sample]
  return sample.slice(0, extra).every(size => size === 1) ? sample.slice(extra) : undefined
}

/** A sample's physical shape, channels first, as far as the model itself declares it. */
export function declaredSample({ shape }: ValueInfo, layout: Layout): number[] | undefined {
  const sizes = shape!.slice(1)
  if (!sizes.every(size => typeof size === 'number')) return undefined
  if (layout !== 'NHWC' || sizes.length !== 3) return sizes as number[]
  const [height, width, channels] = sizes as number[]
  return [channels, height, width]
}

/** A physical shape, channels first, with its axes in the model's order. */
export function inOrder(sample: readonly number[], layout: Layout): readonly number[] {
  if (layout !== 'NHWC' || sample.length !== 3) return sample
  const [channels, height, width] = sample
  return [height, width, channels]
}
