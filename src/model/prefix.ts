import { expected, float32Tensor, int64Tensor, ModelError, sameShape } from '../base/index.js'
import { dataTypeCodes, type Graph, int, ints, type Node, type ValueInfo } from '../onnx/index.js'
import { inOrder, type Layout, sizesFor } from './input.js'
import type { Preprocess } from './preprocess.js'

/** The name under which a prefixed graph takes physical samples. */
export const samplesInput = 'temper/samples'

/**
 * The graph behind a prefix that turns physical samples `[batch, ...shape]` into its input:
 * colours in the model's order, `input = (sample * scale - mean) / std`, then the axes in its order, then its shape and
 * element type (whole numbers are rounded to).
 * Throws ModelError when the samples cannot become the input.
 */
export function withPrefix(
  graph: Graph,
  inputName: string,
  shape: readonly number[],
  preprocess: Preprocess,
  layout: Layout,
): Graph {
  const input = graph.inputs.find(candidate => candidate.name === inputName)!
  const prefix = new Prefix()
  const channels = shape[0]
  let value = samplesInput
  if (preprocess.color === 'BGR' && channels === 3) value = prefix.reversed(value)
  if (preprocess.scale !== 1) value = prefix.arithmetic('Mul', value, [preprocess.scale], shape)
  const mean = perChannel('mean', preprocess.mean, channels)
  if (mean.some(m => m !== 0)) value = prefix.arithmetic('Sub', value, mean, shape)
  const std = perChannel('std', preprocess.std, channels)
  if (std.some(s => s !== 1)) value = prefix.arithmetic('Div', value, std, shape)
  const arranged = layout === 'NHWC' && shape.length === 3
  if (arranged) value = prefix.emit('Transpose', [value], { perm: ints([0, 2, 3, 1]) })
  prefix.finish(value, inOrder(shape, layout), input)
  return {
    ...graph,
    nodes: [...prefix.nodes, ...graph.nodes],
    initializers: new Map([...prefix.initializers, ...graph.initializers]),
    inputs: graph.inputs.map(i =>
      i === input
        ? { name: samplesInput, dtype: 'float32', shape: [input.shape?.[0] ?? 'batch', ...shape] }
        : i,
    ),
  }
}

function perChannel(where: string, value: number | number[], channels: number): number[] {
  const values = [value].flat()
  if (values.length !== 1 && values.length !== channels)
    throw new ModelError(
      expected(`preprocess ${where}`, `1 or ${channels} numbers (one a channel)`, values.length),
    )
  return values
}

class Prefix {
  readonly nodes: Node[] = []
  readonly initializers: Graph['initializers'] = new Map()

  emit(op: string, inputs: string[], attributes: Node['attributes'] = {}): string {
    const output = `temper/prefix_${this.nodes.length}`
    this.nodes.push({ name: output, op, domain: '', inputs, outputs: [output], attributes })
    return output
  }

  /** Blue, green, red of red, green, blue. */
  reversed(value: string): string {
    this.initializers.set('temper/bgr', int64Tensor([2, 1, 0]))
    return this.emit('Gather', [value, 'temper/bgr'], { axis: int(1) })
  }

  arithmetic(op: string, value: string, constants: number[], shape: readonly number[]): string {
    const name = `temper/${op}`
    const dims = constants.length === 1 ? [] : [constants.length, ...shape.slice(1).map(() => 1)]
    this.initializers.set(name, float32Tensor(constants, dims))
    return this.emit(op, [value, name])
  }

  /** Ends under the model's own input name, in its shape and element type. */
  finish(from: string, shape: readonly number[], input: ValueInfo): void {
    const wanted = sizesFor(input, shape)
    const { name, dtype = 'float32' } = input
    let value = from
    if (!sameShape(wanted, shape)) {
      this.initializers.set('temper/shape', int64Tensor([0, ...wanted]))
      value = this.emit('Reshape', [value, 'temper/shape'])
    }
    if (dtype.includes('int')) value = this.emit('Round', [value])
    if (dtype === 'float32') this.end('Identity', value, name)
    else this.end('Cast', value, name, { to: int(dataTypeCodes[dtype]) })
  }

  private end(op: string, from: string, to: string, attributes: Node['attributes'] = {}): void {
    const outputs = [to]
    this.nodes.push({ name: 'temper/prefix', op, domain: '', inputs: [from], outputs, attributes })
  }
}
