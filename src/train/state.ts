/** What a run must remember to go on to the same bits: everything else follows from the plan. */
import { z } from 'zod'
import { DataError } from '../base/index.js'
import {
  type Checkpoint,
  type Content,
  checkpointFolder,
  decodeSafetensors,
  dropLaterCheckpoints,
  encodeSafetensors,
  pruneCheckpoints,
  writeCheckpoint,
} from '../record/index.js'
import { type Buffers, viewOf } from './layout.js'

const figuresSchema = z.record(z.string(), z.number())

const bestSchema = z.object({
  step: z.int(),
  reason: z.string(),
  /** What its check measured, by name. */
  figures: figuresSchema,
})

export const runStateSchema = z.object({
  /** Updates done. */
  step: z.int().min(0),
  /** Hash of the plan the run follows. */
  plan: z.string(),
  /** Sum of losses and samples of the epoch so far. */
  epochLoss: z.object({ sum: z.number(), samples: z.number() }),
  /** What every check measured, oldest first. */
  history: z.array(z.object({ step: z.int(), figures: figuresSchema })),
  /** The check whose weights are kept. */
  best: bestSchema.nullable(),
  /** Why the run ended early; null where it did not. */
  stopped: z.string().nullable(),
  /** The update at which each noise that waits for something began, by name. */
  begun: z.record(z.string(), z.int()),
  /** How strong each noise is let be, by name; 1 where nothing stands. */
  controls: z.record(
    z.string(),
    z.object({ gain: z.number(), hold: z.number(), ceiling: z.number() }),
  ),
  /** What the monitor remembers; null where none watches. */
  monitor: z.unknown(),
})

export type RunState = z.infer<typeof runStateSchema>

/** Nothing done yet. */
export function freshState(plan: string, controls: RunState['controls'] = {}): RunState {
  const epochLoss = { sum: 0, samples: 0 }
  const nothing = { history: [], best: null, stopped: null, begun: {}, monitor: null }
  return { step: 0, plan, epochLoss, controls, ...nothing }
}

const metadataOf = (part: string) => ({ content: part })

/** Writes `checkpoints/step-N`: weights, optimizer memory, the best weights so far, the state. */
export function saveCheckpoint(
  checkpoints: string,
  state: RunState,
  buffers: Buffers,
  best: Float32Array,
): void {
  const parts: Record<string, Content> = {
    'state.json': JSON.stringify(state),
    'weights.safetensors': encodeWeights(buffers, buffers.parameters, 'weights'),
    'best.safetensors': encodeWeights(buffers, best, 'best weights'),
  }
  if (buffers.average)
    parts['average.safetensors'] = encodeWeights(buffers, buffers.average, 'average of the weights')
  if (buffers.memory)
    parts['memory.safetensors'] = encodeFlat('memory', buffers.memory, 'mean answers by class')
  if (buffers.sampleLosses)
    parts['sample-losses.safetensors'] = encodeFlat(
      'losses',
      buffers.sampleLosses,
      'losses of the training samples',
    )
  for (const [i, moment] of buffers.moments.entries())
    parts[`moment-${i + 1}.safetensors`] = encodeFlat(
      'moment',
      moment,
      `moment ${i + 1} of the optimizer`,
    )
  writeCheckpoint(checkpointFolder(checkpoints, state.step), state.step, parts)
  dropLaterCheckpoints(checkpoints, state.step)
  pruneCheckpoints(checkpoints, 2)
}

function encodeFlat(name: string, data: Float32Array, content: string): Content {
  return encodeSafetensors(
    new Map([[name, { dtype: 'float32', shape: [data.length], data }]]),
    metadataOf(content),
  )
}

function encodeWeights({ layout }: Buffers, flat: Float32Array, content: string): Content {
  const tensors = layout.slots.map(
    slot =>
      [
        slot.name,
        { dtype: 'float32' as const, shape: slot.shape, data: viewOf(flat, slot) },
      ] as const,
  )
  return encodeSafetensors(new Map(tensors), metadataOf(content))
}

/** Puts a checkpoint back into the buffers; throws DataError when it belongs to another run. */
export function restoreCheckpoint(
  { parts }: Checkpoint,
  plan: string,
  buffers: Buffers,
  best: Float32Array,
): RunState {
  const state = runStateSchema.parse(
    JSON.parse(Buffer.from(partOf(parts, 'state.json')).toString()),
  )
  if (state.plan !== plan)
    throw new DataError(
      'checkpoint: it belongs to another plan: the recipe, the data or the model file changed since. Start a new run, or put them back.',
    )
  decodeWeights(partOf(parts, 'weights.safetensors'), buffers, buffers.parameters)
  decodeWeights(partOf(parts, 'best.safetensors'), buffers, best)
  if (buffers.average) decodeWeights(partOf(parts, 'average.safetensors'), buffers, buffers.average)
  if (buffers.memory) {
    const { tensors } = decodeSafetensors(partOf(parts, 'memory.safetensors'))
    buffers.memory.set(tensors.get('memory')!.data as Float32Array)
  }
  if (buffers.sampleLosses) {
    const { tensors } = decodeSafetensors(partOf(parts, 'sample-losses.safetensors'))
    buffers.sampleLosses.set(tensors.get('losses')!.data as Float32Array)
  }
  for (const [i, moment] of buffers.moments.entries()) {
    const { tensors } = decodeSafetensors(partOf(parts, `moment-${i + 1}.safetensors`))
    moment.set(tensors.get('moment')!.data as Float32Array)
  }
  return state
}

function decodeWeights(bytes: Uint8Array, { layout }: Buffers, flat: Float32Array): void {
  const { tensors } = decodeSafetensors(bytes)
  for (const slot of layout.slots)
    viewOf(flat, slot).set(tensors.get(slot.name)!.data as Float32Array)
}

function partOf(parts: Checkpoint['parts'], name: string): Uint8Array {
  const part = parts.get(name)
  if (!part)
    throw new DataError(`checkpoint: its part ${name} is missing. Resume from an older one.`)
  return part
}
