/** What TensorBoard shows of a run: figures, weights, gradients, and samples as they were trained on. */
import type { SampleKind } from '../data/index.js'
import { png, wav } from '../page/index.js'
import { type NewEvent, TensorBoardWriter } from '../record/index.js'
import { type Buffers, type Slot, viewOf } from './layout.js'

/** Samples of a batch that are shown. */
const samplesShown = 4
/** Values of a tensor that a histogram counts; larger tensors are taken at equal distances. */
const valuesCounted = 5_000

/** A batch as the network met it. */
export interface ShownBatch {
  readonly kind: SampleKind
  readonly shape: readonly number[]
  readonly sampleRate?: number
  readonly samples: Float32Array
}

/** Writes one event file a process into `tb/`; a resumed run says what it replaces. */
export class Board {
  private writer: TensorBoardWriter | undefined

  constructor(private readonly folder: string) {}

  /** Figures of an event, under names such as `clean/accuracy`. */
  event(event: NewEvent): void {
    if (event.type === 'resumed') this.begin(event.fromStep)
    const step = Number(event.step ?? 0)
    for (const [tag, value] of scalarsOf(event)) this.open().scalar(tag, value, step)
    this.writer?.flush()
  }

  /** Weights and gradients, tensor by tensor. */
  histograms({ layout, parameters, gradients }: Buffers, step: number): void {
    for (const slot of layout.slots) {
      this.open().histogram(`weights/${slot.name}`, thinned(parameters, slot), step)
      if (slot.trained)
        this.open().histogram(`gradients/${slot.name}`, thinned(gradients, slot), step)
    }
  }

  /** The first samples of a batch, noise and all. */
  samples(batch: ShownBatch, step: number): void {
    const size = batch.shape.reduce((a, b) => a * b, 1)
    for (let i = 0; i < samplesShown && (i + 1) * size <= batch.samples.length; i++) {
      const data = batch.samples.subarray(i * size, (i + 1) * size)
      if (batch.kind === 'image') this.image(`samples/${i}`, data, batch.shape, step)
      if (batch.kind === 'audio') this.sound(`samples/${i}`, data, batch.sampleRate ?? 16_000, step)
    }
  }

  close(): void {
    this.writer?.close()
    this.writer = undefined
  }

  private image(tag: string, data: Float32Array, shape: readonly number[], step: number): void {
    const [channels, height, width] = shape as [number, number, number]
    const file = png({ data, shape: [channels, height, width] }, Math.max(height, width))
    const colors = channels >= 3 ? 3 : 1
    this.open().image(tag, { width, height, channels: colors, png: file }, step)
  }

  private sound(tag: string, data: Float32Array, sampleRate: number, step: number): void {
    const file = wav({ data, sampleRate }, data.length / sampleRate)
    this.open().audio(tag, { sampleRate, channels: 1, frames: data.length, wav: file }, step)
  }

  private begin(fromStep: number): void {
    this.close()
    this.writer = new TensorBoardWriter(this.folder, undefined, fromStep + 1)
  }

  private open(): TensorBoardWriter {
    this.writer ??= new TensorBoardWriter(this.folder)
    return this.writer
  }
}

/** The numbers of an event by tag. */
function scalarsOf(event: NewEvent): [tag: string, value: number][] {
  if (event.type === 'epoch') return numbersOf('train', event, ['loss', 'learningRate'])
  if (event.type === 'adjust') return [[`gain/${event.noise}`, event.gain]]
  if (event.type !== 'check') return []
  return [
    ...numbersOf('clean', event.clean),
    ...numbersOf('noisy', event.noisy),
    ...numbersOf('level', event.levels),
    ...numbersOf('norm', event, ['gradientNorm', 'parameterNorm']),
  ]
}

function numbersOf(prefix: string, values: object, names = Object.keys(values)) {
  return names.flatMap((name): [string, number][] => {
    const value = (values as Record<string, unknown>)[name]
    return typeof value === 'number' && Number.isFinite(value) ? [[`${prefix}/${name}`, value]] : []
  })
}

function thinned(flat: Float32Array, slot: Slot): Float32Array {
  const values = viewOf(flat, slot)
  const stride = Math.ceil(values.length / valuesCounted)
  if (stride === 1) return values
  const kept = new Float32Array(Math.ceil(values.length / stride))
  for (let i = 0; i < kept.length; i++) kept[i] = values[i * stride]
  return kept
}
