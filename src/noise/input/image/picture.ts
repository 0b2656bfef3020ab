import { UsageError } from '../../../base/index.js'

/** An image as planes of doubles in [0,1]. */
export interface Picture {
  readonly height: number
  readonly width: number
  readonly planes: Float64Array[]
}

/** The sides of an image sample. Throws UsageError when the shape is not `[channel, height, width]`. */
export function sidesOf(shape: readonly number[], kind: string): [number, number, number] {
  if (shape.length === 3) return [shape[0], shape[1], shape[2]]
  if (shape.length === 2) return [1, shape[0], shape[1]]
  const text = `[${shape}]`
  throw new UsageError(
    `${kind} acts on images, [channel, height, width]; the sample's shape is ${text}.`,
  )
}

/**
 * Reads a sample. Values that are bytes up to rounding become exactly byte / 255, so that flooring
 * later on does not lose one step.
 */
export function readPicture(x: Float32Array, shape: readonly number[], kind: string): Picture {
  const [channels, height, width] = sidesOf(shape, kind)
  const size = height * width
  const planes = Array.from({ length: channels }, () => new Float64Array(size))
  for (let c = 0; c < channels; c++) {
    const plane = planes[c]
    for (let i = 0; i < size; i++) {
      const scaled = x[c * size + i] * 255
      const byte = Math.round(scaled)
      plane[i] = (Math.abs(scaled - byte) < 5e-5 ? byte : scaled) / 255
    }
  }
  return { height, width, planes }
}

/** Writes values of 0 to 255 as floored bytes / 255, as storing them as bytes does. */
export function writeFloored(picture: Picture, out: Float32Array): void {
  const size = picture.height * picture.width
  picture.planes.forEach((plane, c) => {
    for (let i = 0; i < size; i++) out[c * size + i] = toByte(plane[i]) / 255
  })
}

function toByte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : Math.floor(value)
}

/** Floors single-precision values of [0,1] to bytes / 255, in place; what is a byte stays it. */
export function floorToBytes(out: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    const value = out[i] * 255
    const byte = Math.round(value)
    out[i] = (Math.abs(value - byte) < 5e-5 ? byte : Math.floor(value)) / 255
  }
}

/** Keeps to [low, high]. */
export function clamp(value: number, low = 0, high = 1): number {
  return Math.min(high, Math.max(low, value))
}

/** A plane of [0,1] as bytes. */
export function bytesOf(plane: Float64Array): Uint8Array {
  const bytes = new Uint8Array(plane.length)
  for (let i = 0; i < plane.length; i++) bytes[i] = Math.round(plane[i] * 255)
  return bytes
}

/** Planes of [0,1] kept there and brought to 0 to 255, in place. */
export function toByteRange(picture: Picture): Picture {
  for (const plane of picture.planes)
    for (let i = 0; i < plane.length; i++) plane[i] = clamp(plane[i]) * 255
  return picture
}

/** A new picture with each plane changed. */
export function mapPlanes(
  picture: Picture,
  change: (plane: Float64Array, channel: number) => Float64Array,
): Picture {
  return { ...picture, planes: picture.planes.map(change) }
}
