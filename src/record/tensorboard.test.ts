import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BinaryReader } from '@bufbuild/protobuf/wire'
import { afterAll, describe, expect, it } from 'vitest'
import { TensorBoardWriter } from './index.js'
import { maskedCrc32c } from './tensorboard.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-tensorboard-'))
afterAll(() => rmSync(folder, { recursive: true }))
const clock = { now: () => 1_700_000_000_500 }

/** Splits a file into its records, checking both checksums of each. */
function records(bytes: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at))
    expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc32c(bytes.subarray(at, at + 8)))
    const data = bytes.subarray(at + 12, at + 12 + length)
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(data))
    found.push(data)
    at += length + 16
  }
  return found
}

type Field = [number, number | bigint | Uint8Array]

function fields(bytes: Uint8Array): Field[] {
  const reader = new BinaryReader(bytes)
  const found: Field[] = []
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    const read = [() => reader.int64(), () => reader.double(), () => reader.bytes()][wire]
    found.push([field, wire === 5 ? reader.float() : (read!() as Field[1])])
  }
  return found
}
const inside = (list: Field[], field: number) =>
  fields(list.find(([number]) => number === field)![1] as Uint8Array)
const text = (value: Field[1]) => Buffer.from(value as Uint8Array).toString()

describe('the check of a record', () => {
  it('is masked as TFRecord files begin: a record of 24 bytes', () => {
    const length = Uint8Array.of(24, 0, 0, 0, 0, 0, 0, 0)
    expect(maskedCrc32c(length)).toBe(0x224b7fa3)
  })
})

describe('a TensorBoard file', () => {
  const writer = new TensorBoardWriter(folder, clock)
  writer.scalar('loss/train', 0.25, 300)
  writer.histogram('weights', [0, 1, 1, 3, Number.NaN], 300)
  writer.image('noised', { width: 2, height: 3, channels: 1, png: Uint8Array.of(7) }, 1)
  writer.audio('heard', { sampleRate: 8000, channels: 1, frames: 4, wav: Uint8Array.of(9) }, 1)
  writer.close()
  const events = records(readFileSync(writer.path)).map(fields)
  const value = (i: number) => inside(inside(events[i], 5), 1)

  it('is named as TensorBoard looks for it and begins with the file version', () => {
    expect(writer.path).toMatch(/events\.out\.tfevents\.1700000000\./)
    expect(events[0][0]).toEqual([1, 1_700_000_000.5])
    expect(text(events[0][1][1])).toBe('brain.Event:2')
  })

  it('holds a scalar with its step and tag', () => {
    expect(events[1][1]).toEqual([2, 300n])
    expect(text(value(1)[0][1])).toBe('loss/train')
    expect(value(1)[1]).toEqual([2, 0.25])
  })

  it('holds a histogram of the finite values', () => {
    const histogram = inside(value(2), 5)
    expect(histogram.slice(0, 5).map(([, number]) => number)).toEqual([0, 3, 4, 5, 11])
    const counts = Buffer.from(histogram[6][1] as Uint8Array)
    const bars = Array.from({ length: 30 }, (_, i) => counts.readDoubleLE(8 * i))
    expect(bars.reduce((a, b) => a + b)).toBe(4)
    expect([bars[0], bars[10], bars[29]]).toEqual([1, 2, 1])
  })

  it('holds images and sounds', () => {
    expect(inside(value(3), 4).slice(0, 3)).toEqual([
      [1, 3n],
      [2, 2n],
      [3, 1n],
    ])
    expect(inside(value(4), 6).slice(0, 3)).toEqual([
      [1, 8000],
      [2, 1n],
      [3, 4n],
    ])
  })

  it('tells TensorBoard after a resume which steps to forget', () => {
    const again = new TensorBoardWriter(folder, clock, 200)
    again.close()
    const [, session] = records(readFileSync(again.path)).map(fields)
    expect(session[1]).toEqual([2, 200n])
    expect(inside(session, 7)).toEqual([[1, 1n]])
  })
})
