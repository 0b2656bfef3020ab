import { isFloat, ModelError } from '../../base/index.js'
import { type Bindings, type OpenedModel, openModel } from '../../model/index.js'
import {
  type Graph,
  readModel,
  readModelFile,
  type ValueInfo,
  withBatch,
} from '../../onnx/index.js'

export interface InspectedModel {
  readonly opened: OpenedModel
  /** Every size known; absent where the file leaves something open that nobody can guess. */
  readonly closed?: Graph
  /** In sentences: what was taken for granted. */
  readonly assumptions: readonly string[]
}

interface Asked {
  readonly inputs?: Bindings
  readonly output?: string
}

/**
 * Opens a model as far as it goes: where inputs are not given, an output not picked or sizes left
 * open, the likeliest is assumed and said.
 */
export async function openToInspect(
  model: string | Uint8Array,
  { inputs = {}, output }: Asked,
): Promise<InspectedModel> {
  const { graph } = typeof model === 'string' ? readModelFile(model) : readModel(model)
  const assumptions: string[] = []
  const chosen = output ?? assumedOutput(graph, assumptions)
  const { bound, input } = assumedInputs(graph, inputs, assumptions)
  const opened = await openModel(model, { output: chosen, inputs: bound, input })
  return { opened, closed: closeSizes(opened, assumptions), assumptions }
}

function assumedOutput({ outputs }: Graph, assumptions: string[]): string | undefined {
  if (outputs.length < 2) return undefined
  const [{ name }, ...others] = outputs
  assumptions.push(
    `the output "${name}" is looked at; --output picks another (${others.map(o => o.name).join(', ')})`,
  )
  return name
}

/** Samples feed the first float input with a batch; other floats are taken to be 0, the rest stay open. */
function assumedInputs(graph: Graph, given: Bindings, assumptions: string[]) {
  const open = graph.inputs.filter(({ name }) => !Object.hasOwn(given, name))
  const data = open.find(i => isNumeric(i) && (i.shape?.length ?? 0) > 1) ?? open[0]
  const bound: Record<string, Bindings[string]> = { ...given }
  for (const info of open.filter(i => i !== data)) {
    if (isNumeric(info)) bound[info.name] = 0
    const what = isNumeric(info) ? 'it is taken to be 0' : 'what depends on it stays open'
    assumptions.push(
      `the input "${info.name}" is not given: ${what} (--input ${info.name}=VALUE gives it)`,
    )
  }
  return { bound, input: data?.name }
}

const isNumeric = ({ dtype, shape }: ValueInfo) => dtype !== undefined && isFloat(dtype) && !!shape

/** Sizes to try for what the file leaves open: images, then waveforms and features. */
const guesses = [
  [64, 64],
  [224, 224],
  [48, 192],
  [512, 512],
  [16000, 16000],
]

function closeSizes(opened: OpenedModel, assumptions: string[]): Graph | undefined {
  const { input, model } = opened
  if (model.graph.inputs.length > 1) return undefined
  const sizes = input.shape!.slice(1)
  const isOpen = sizes.some(size => typeof size === 'string')
  for (const guess of isOpen ? guesses : [[]]) {
    const open = [...guess]
    const filled = sizes.map(size => (typeof size === 'number' ? size : (open.shift() ?? 64)))
    const closed = tryToClose(opened, filled)
    if (!closed) continue
    if (isOpen) assumptions.push(`open sizes of a sample are tried as [${filled.join(', ')}]`)
    return closed
  }
  return undefined
}

function tryToClose(opened: OpenedModel, sizes: readonly number[]): Graph | undefined {
  const { input, model, batch, parameters } = opened
  const made = batch.made ?? 1
  const inputs = [{ ...input, shape: [made, ...sizes] }]
  const names = new Set(parameters.map(p => p.name))
  try {
    return withBatch({ ...model.graph, inputs }, made, { parameters: names })
  } catch (error) {
    if (error instanceof ModelError) return undefined
    throw error
  }
}
