import { expected, float32Tensor, int64Tensor, ModelError, sizeOf } from '../base/index.js'
import { type Dimension, type Graph, ints, type Node } from '../onnx/index.js'
import type { Preprocess } from './preprocess.js'

/** The name under which a prefixed graph takes physical samples. */
export const samplesInput = 'temper/samples'

/**
 * The graph behind a prefix that turns physical samples `[batch, ...shape]` into its input:
 * `input = (sample * scale - mean) / std`, then the axes in the model's order.
 * Throws ModelError when the samples cannot become the input.
 */
export function withPrefix(
  graph: Graph,
  inputName: string,
  shape: readonly number[],
  preprocess: Preprocess,
): Graph {
  const input = graph.inputs.find(candidate => candidate.name === inputName)!
  const prefix = new Prefix(inputName)
  const channels = shape[0]
  let value = samplesInput
  if (preprocess.scale !== 1) value = prefix.arithmetic('Mul', value, [preprocess.scale], shape)
  const mean = perChannel('mean', preprocess.mean, channels)
  if (mean.some(m => m !== 0)) value = prefix.arithmetic('Sub', value, mean, shape)
  const std = perChannel('std', preprocess.std, channels)
  if (std.some(s => s !== 1)) value = prefix.arithmetic('Div', value, std, shape)
  const arranged = preprocess.layout === 'NHWC' && shape.length === 3
  if (arranged) value = prefix.emit('Transpose', [value], { perm: ints([0, 2, 3, 1]) })
  const now = arranged ? [shape[1], shape[2], shape[0]] : [...shape]
  prefix.finish(value, now, input.shape)
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

  constructor(private readonly inputName: string) {}

  emit(op: string, inputs: string[], attributes: Node['attributes'] = {}): string {
    const output = `temper/prefix_${this.nodes.length}`
    this.nodes.push({ name: output, op, domain: '', inputs, outputs: [output], attributes })
    return output
  }

  arithmetic(op: string, value: string, constants: number[], shape: readonly number[]): string {
    const name = `temper/${op}`
    const dims = constants.length === 1 ? [] : [constants.length, ...shape.slice(1).map(() => 1)]
    this.initializers.set(name, float32Tensor(constants, dims))
    return this.emit(op, [value, name])
  }

  /** Ends under the model's own input name, reshaped when only the rank differs. */
  finish(value: string, shape: readonly number[], wanted: readonly Dimension[] | undefined): void {
    const target = wanted?.slice(1)
    const fits =
      !target ||
      (target.length === shape.length &&
        target.every((size, axis) => typeof size === 'string' || size === shape[axis]))
    if (fits) {
      this.end('Identity', [value])
      return
    }
    if (
      target.every(size => typeof size === 'number') &&
      sizeOf(target as number[]) === sizeOf(shape)
    ) {
      this.initializers.set('temper/shape', int64Tensor([0, ...(target as number[])]))
      this.end('Reshape', [value, 'temper/shape'])
      return
    }
    throw new ModelError(
      `model: its input "${this.inputName}" takes [${target.join(', ')}] a sample, ` +
        `and the data's samples are [${shape.join(', ')}]. Give --preprocess with the model's size, channels or layout.`,
    )
  }

  private end(op: string, inputs: string[]): void {
    const outputs = [this.inputName]
    this.nodes.push({ name: 'temper/prefix', op, domain: '', inputs, outputs, attributes: {} })
  }
}
