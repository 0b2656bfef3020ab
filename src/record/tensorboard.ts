/**
 * TensorBoard event files: TFRecords of `tensorflow.Event` messages. A record is its length (u64),
 * the masked CRC-32C of the length, the data, and the masked CRC-32C of the data.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { type Clock, crc32c, systemClock } from '../base/index.js'
import { explainDiskErrors } from './atomic.js'

export interface TensorBoardImage {
  readonly width: number
  readonly height: number
  /** 1 grey, 3 RGB, 4 RGBA. */
  readonly channels: number
  readonly png: Uint8Array
}

export interface TensorBoardAudio {
  readonly sampleRate: number
  readonly channels: number
  readonly frames: number
  readonly wav: Uint8Array
}

/** Writes one event file into a folder: what it is given, when told to `flush` or `close`. */
export class TensorBoardWriter {
  readonly path: string
  private readonly file: number
  private waiting: Uint8Array[] = []

  /** @param purgeStep after a resume: TensorBoard forgets what older files say from this step on */
  constructor(
    folder: string,
    private readonly clock: Clock = systemClock,
    purgeStep?: number,
  ) {
    mkdirSync(folder, { recursive: true })
    const name = `events.out.tfevents.${String(Math.floor(clock.now() / 1000)).padStart(10, '0')}`
    this.path = join(folder, `${name}.${hostname()}.${process.pid}.${counter++}`)
    this.file = explainDiskErrors(this.path, () => openSync(this.path, 'ax'))
    this.write(0, writer => writer.tag(3, WireType.LengthDelimited).string('brain.Event:2'))
    if (purgeStep !== undefined) this.write(purgeStep, writer => message(writer, 7, startOfSession))
  }

  scalar(tag: string, value: number, step: number): void {
    this.value(tag, step, v => v.tag(2, WireType.Bit32).float(value))
  }

  histogram(tag: string, values: ArrayLike<number>, step: number): void {
    this.value(tag, step, v => message(v, 5, histogramOf(values)))
  }

  image(tag: string, image: TensorBoardImage, step: number): void {
    this.value(tag, step, v =>
      message(v, 4, w => {
        w.tag(1, WireType.Varint).int32(image.height)
        w.tag(2, WireType.Varint).int32(image.width)
        w.tag(3, WireType.Varint).int32(image.channels)
        w.tag(4, WireType.LengthDelimited).bytes(image.png)
      }),
    )
  }

  audio(tag: string, audio: TensorBoardAudio, step: number): void {
    this.value(tag, step, v =>
      message(v, 6, w => {
        w.tag(1, WireType.Bit32).float(audio.sampleRate)
        w.tag(2, WireType.Varint).int64(audio.channels)
        w.tag(3, WireType.Varint).int64(audio.frames)
        w.tag(4, WireType.LengthDelimited).bytes(audio.wav)
        w.tag(5, WireType.LengthDelimited).string('audio/wav')
      }),
    )
  }

  /** Writes what waits, in one call. */
  flush(): void {
    if (!this.waiting.length) return
    const bytes = Buffer.concat(this.waiting)
    this.waiting = []
    explainDiskErrors(this.path, () => writeSync(this.file, bytes))
  }

  close(): void {
    this.flush()
    closeSync(this.file)
  }

  private value(tag: string, step: number, fill: (value: BinaryWriter) => void): void {
    this.write(step, event =>
      message(event, 5, summary =>
        message(summary, 1, value => {
          value.tag(1, WireType.LengthDelimited).string(tag)
          fill(value)
        }),
      ),
    )
  }

  private write(step: number, fill: (event: BinaryWriter) => void): void {
    const event = new BinaryWriter()
    event.tag(1, WireType.Bit64).double(this.clock.now() / 1000)
    if (step !== 0) event.tag(2, WireType.Varint).int64(step)
    fill(event)
    this.waiting.push(tfRecord(event.finish()))
  }
}

/** Tells apart the files one process opens within a second. */
let counter = 0

const startOfSession = (log: BinaryWriter) => {
  log.tag(1, WireType.Varint).int32(1)
}

function message(writer: BinaryWriter, field: number, fill: (inner: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork()
  fill(writer)
  writer.join()
}

/** The masked check TFRecord stores: rotated right by 15 bits, plus a constant. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

/** Frames data as one TFRecord. */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16)
  const view = new DataView(record.buffer)
  view.setBigUint64(0, BigInt(data.length), true)
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true)
  record.set(data, 12)
  view.setUint32(12 + data.length, maskedCrc32c(data), true)
  return record
}

const buckets = 30

/** HistogramProto of finite values in 30 equal buckets. */
function histogramOf(values: ArrayLike<number>): (writer: BinaryWriter) => void {
  const { count, low, high, sum, squares } = momentsOf(values)
  const width = (high - low) / buckets || 1
  const counts = new Float64Array(buckets)
  for (let i = 0; i < values.length; i++)
    if (Number.isFinite(values[i]))
      counts[Math.min(buckets - 1, Math.floor((values[i] - low) / width))]++
  const limits = counts.map((_, i) => (i === buckets - 1 ? high : low + width * (i + 1)))
  return writer => {
    const head = count ? [low, high, count, sum, squares] : [0, 0, 0, 0, 0]
    head.forEach((number, i) => {
      writer.tag(i + 1, WireType.Bit64).double(number)
    })
    packedDoubles(writer, 6, count ? limits : [])
    packedDoubles(writer, 7, count ? counts : [])
  }
}

/** What a histogram says of its finite values as a whole. */
function momentsOf(values: ArrayLike<number>) {
  let [count, sum, squares] = [0, 0, 0]
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (!Number.isFinite(value)) continue
    count++
    sum += value
    squares += value * value
    if (value < low) low = value
    if (value > high) high = value
  }
  return { count, low, high, sum, squares }
}

function packedDoubles(writer: BinaryWriter, field: number, numbers: ArrayLike<number>): void {
  message(writer, field, inner => {
    for (let i = 0; i < numbers.length; i++) inner.double(numbers[i])
  })
}
