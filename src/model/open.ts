import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { didYouMean, ModelError } from '../base/index.js'
import {
  type Graph,
  liftToCanonical,
  type Model,
  patchInitializers,
  readModel,
  readModelFile,
  type ValueInfo,
} from '../onnx/index.js'
import { findOutput, type ModelOutput } from './output.js'
import { findParameters, type Parameter } from './parameters.js'

export interface OpenOptions {
  /** Which output is measured or trained; needed where there are several. */
  output?: string
}

/** A model ready to be measured or trained: its canonical graph, and the file it came from. */
export interface OpenedModel {
  /** File name without folders; absent for bytes. */
  readonly file?: string
  /** The file as given: export patches weights into these bytes. */
  readonly bytes: Uint8Array
  /** SHA-256 of `bytes`, hexadecimal. */
  readonly sha256: string
  /** The canonical copy: one opset, one output, batch free where the file leaves it free. */
  readonly model: Model
  /** What takes the samples. */
  readonly input: ValueInfo
  readonly output: ModelOutput
  readonly parameters: readonly Parameter[]
}

/** Opens an ONNX file (path or bytes); throws ModelError when it cannot be used. */
export async function openModel(
  source: string | Uint8Array,
  options: OpenOptions = {},
): Promise<OpenedModel> {
  const fromFile = typeof source === 'string'
  const original = fromFile ? readModelFile(source) : readModel(source)
  const bytes = fromFile ? await readFile(source) : source
  const canonical = liftToCanonical(original)
  const output = findOutput(canonical.graph, options.output)
  const outputs = canonical.graph.outputs.filter(o => o.name === output.name)
  const graph: Graph = { ...canonical.graph, outputs }
  return {
    file: fromFile ? basename(source) : undefined,
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    model: { ...canonical, graph },
    input: onlyInput(graph),
    output,
    parameters: findParameters(graph),
  }
}

function onlyInput({ inputs }: Graph): ValueInfo {
  if (inputs.length === 1) return inputs[0]
  const names = inputs.map(input => `"${input.name}"`).join(', ')
  throw new ModelError(
    inputs.length
      ? `model: it has ${inputs.length} inputs (${names}), and none is bound. Bind all but the one that takes the samples with --input name=value.`
      : 'model: it has no input, so there is nothing to feed it.',
  )
}

/**
 * The original file with trained weights in place: names, inputs, outputs, opset and every other
 * byte stay; `temper.*` metadata is added. Throws ModelError for a weight the file does not hold.
 */
export function exportModel(
  opened: OpenedModel,
  weights: ReadonlyMap<string, Float32Array>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const shapes = new Map(opened.parameters.map(p => [p.name, p.shape]))
  const patches = new Map(
    [...weights].map(([name, data]) => {
      const shape = shapes.get(name)
      if (!shape)
        throw new ModelError(`model: it has no weight "${name}".${didYouMean(name, shapes.keys())}`)
      return [name, { dtype: 'float32' as const, shape, data }]
    }),
  )
  return patchInitializers(opened.bytes, patches, metadata)
}
