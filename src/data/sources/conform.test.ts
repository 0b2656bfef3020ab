import { describe, expect, it } from 'vitest'
import type { Dataset } from '../dataset.js'
import { conform } from './conform.js'
import { memoryDataset } from './memory.js'

const images = (shape: number[], values: Uint8Array | Float32Array) =>
  memoryDataset({
    name: 'images',
    format: 'npz',
    detected: 'images.',
    kind: 'image',
    shape,
    values,
  })
const first = (dataset: Dataset) => {
  const out = new Float32Array(dataset.shape.reduce((a, b) => a * b, 1))
  dataset.read(0, out)
  return Array.from(out)
}

describe('images in memory, at another size or with other channels', () => {
  it('grey becomes colour, colour grey, small large', () => {
    const grey = images([1, 2, 2], Uint8Array.of(0, 255, 51, 102))
    const values = first(grey)
    expect(first(conform(grey, { channels: 3 }))).toEqual([...values, ...values, ...values])
    const doubled = conform(grey, { size: [4, 4], interpolation: 'nearest' })
    expect(doubled.shape).toEqual([1, 4, 4])
    expect(first(doubled).slice(0, 4)).toEqual([0, 0, 1, 1])
    const red = images([3, 1, 1], Uint8Array.of(255, 0, 0))
    expect(first(conform(red, { channels: 1 }))[0]).toBeCloseTo(0.299, 6)
    expect(conform(grey, { size: [2, 2] })).toBe(grey)
  })

  it('numbers that are no bytes are not resized, and channels that do not fit are refused', () => {
    const floats = images([1, 1, 2], Float32Array.of(0.123, 2))
    expect(() => first(conform(floats, { size: [2, 2] }))).toThrow(
      /images: expected images of bytes/,
    )
    expect(() => conform(images([3, 1, 1], new Uint8Array(3)), { channels: 4 })).toThrow(
      /images of 4 channels/,
    )
  })

  it('waveforms are cut or padded', () => {
    const audio = memoryDataset({
      name: 'a',
      format: 'npz',
      detected: 'a.',
      kind: 'audio',
      sampleRate: 2,
      shape: [2, 3],
      values: Float32Array.of(1, 2, 3, 4, 5, 6),
    })
    expect(first(conform(audio, { seconds: 1 }))).toEqual([1, 2, 4, 5])
    expect(first(conform(audio, { seconds: 2 }))).toEqual([1, 2, 3, 0, 4, 5, 6, 0])
  })
})
