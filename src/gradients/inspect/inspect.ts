import { sizeOf } from '../../base/index.js'
import { type Bindings, type OpenedModel, type Place, placeOf } from '../../model/index.js'
import type { ValueInfo } from '../../onnx/index.js'
import { type Inspect, temperVersion, versions } from '../../record/index.js'
import { openToInspect } from './assume.js'
import { type Fates, fatesOf } from './fates.js'
import { hardenNotes } from './harden-notes.js'
import { operatorRows } from './operators.js'

export interface InspectOptions {
  /** Values for inputs that the data does not feed. */
  readonly inputs?: Bindings
  /** Which output, where the model has several. */
  readonly output?: string
}

/**
 * What an ONNX file (path or bytes) holds, what it expects, and what of it could be trained, as the
 * document `temper.inspect/1`. Runs the model in this process to see whether its batch is free.
 * Throws ModelError where the file cannot be read.
 */
export async function inspect(
  model: string | Uint8Array,
  options: InspectOptions = {},
): Promise<Inspect> {
  const inspected = await openToInspect(model, options)
  const { opened, closed, assumptions } = inspected
  const fates = fatesOf(inspected)
  const parameters = parameterRows(opened, fates)
  const { original, file = 'bytes', sha256, output, batch } = opened
  const { name, version } = original.producer
  return {
    schema: 'temper.inspect/1',
    version: temperVersion,
    versions: versions('onnxruntime-node'),
    ...{ seed: 0, device: 'cpu', threads: 1 },
    model: { file, sha256, parameters: parameters.reduce((n, p) => n + sizeOf(p.shape), 0) },
    ...(name && { producer: `${name} ${version}`.trim() }),
    irVersion: original.irVersion,
    opsets: Object.fromEntries([...original.opsets].map(([domain, v]) => [domain || 'ai.onnx', v])),
    inputs: original.graph.inputs.map(describe),
    outputs: original.graph.outputs.map(describe),
    ...(assumptions.length && { assumptions: [...assumptions] }),
    expects: expectsOf(opened),
    output: { ...output, ...(!closed && { size: undefined, places: undefined }) },
    batch,
    quantised: opened.isQuantised,
    operators: operatorRows(fates),
    parameters,
    harden: hardenNotes(opened, fates, parameters),
  }
}

function describe({ name, dtype = 'unknown' as never, shape = [] }: ValueInfo) {
  return { name, dtype, shape: shape.map(size => (size === '' ? '?' : size)) }
}

function expectsOf({ input, layout, found }: OpenedModel): Inspect['expects'] {
  return {
    input: input.name,
    shape: describe(input).shape,
    layout: found.preprocess.layout ?? layout.layout,
    layoutReason: layout.reason,
    preprocess: { ...found.preprocess },
    ...(found.source !== undefined && { preprocessSource: found.source }),
  }
}

function parameterRows(opened: OpenedModel, fates: Fates): Inspect['parameters'] {
  const known = new Map(opened.parameters.map(p => [p.name, p]))
  return [...fates.parameters].flatMap(([name, reason]) => {
    const parameter = known.get(name) ?? placeOf(name, opened.original.graph)
    if (!parameter?.shape.length) return []
    const { dtype, stands, shape } = parameter as Place
    const more = known.get(name)
    return [
      {
        ...{ name, shape: [...shape], dtype, stands },
        ...(more && { role: more.role, usedBy: more.usedBy }),
        trainable: reason === undefined,
        ...(reason !== undefined && { reason }),
      },
    ]
  })
}
