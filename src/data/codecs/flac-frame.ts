import type { BitReader } from './bit-reader.js'

/** What a decoder finds that no encoder writes. */
export class FlacDamage extends Error {}

/** Size and kind of a frame, RFC 9639 section 9.1. */
export interface FrameHead {
  /** Samples of each channel. */
  size: number
  /** 0 to 7: so many channels less one, apart; 8 left and side, 9 side and right, 10 mid and side. */
  assignment: number
  /** Bits a sample; 0: as the stream's head says. */
  bits: number
}

const sampleBits = [0, 8, 12, undefined, 16, 20, 24, undefined]

/** Reads a frame's head; its checksum is that of the whole frame. Throws FlacDamage. */
export function frameHead(reader: BitReader): FrameHead {
  if (reader.bits(15) !== 0x7ffc) throw new FlacDamage('a frame does not begin where it should')
  reader.bits(1)
  const sizeCode = reader.bits(4)
  const rateCode = reader.bits(4)
  const assignment = reader.bits(4)
  const bits = sampleBits[reader.bits(3)]
  if (bits === undefined || reader.bits(1) || assignment > 10 || rateCode === 15)
    throw new FlacDamage('the head of a frame is damaged')
  skipNumber(reader)
  const size = blockSize(reader, sizeCode)
  if (rateCode >= 12) reader.bits(rateCode === 12 ? 8 : 16)
  reader.bits(8)
  return { size, assignment, bits }
}

/** The frame's own number, as UTF-8 codes one. */
function skipNumber(reader: BitReader): void {
  const first = reader.bits(8)
  const ones = Math.clz32(~(first << 24))
  if (ones === 1 || ones > 7) throw new FlacDamage('the number of a frame is damaged')
  for (let n = 1; n < ones; n++)
    if (reader.bits(8) >> 6 !== 2) throw new FlacDamage('the number of a frame is damaged')
}

function blockSize(reader: BitReader, code: number): number {
  if (code === 0) throw new FlacDamage('the size of a frame is damaged')
  if (code === 1) return 192
  if (code < 6) return 576 << (code - 2)
  if (code < 8) return reader.bits(code === 6 ? 8 : 16) + 1
  return 256 << (code - 8)
}

/** Writes one channel of a frame into `out`. Throws FlacDamage. */
export function readSubframe(reader: BitReader, bits: number, out: Int32Array): void {
  if (reader.bits(1)) throw new FlacDamage('a channel does not begin where it should')
  const type = reader.bits(6)
  const wasted = reader.bits(1) ? reader.zeros(31) + 1 : 0
  const own = bits - wasted
  if (own < 1) throw new FlacDamage('a channel leaves out more bits than it has')
  if (type === 0) out.fill(reader.signed(own))
  else if (type === 1) for (let i = 0; i < out.length; i++) out[i] = reader.signed(own)
  else if (type >= 8 && type <= 12) readFixed(reader, type - 8, own, out)
  else if (type >= 32) readPredicted(reader, type - 31, own, out)
  else throw new FlacDamage(`a channel is coded in an unknown way (${type})`)
  if (wasted) for (let i = 0; i < out.length; i++) out[i] <<= wasted
}

/** Weights of the samples before, the nearest first, of the fixed predictors. */
const fixedWeights = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]]

function readFixed(reader: BitReader, order: number, bits: number, out: Int32Array): void {
  readWarmUp(reader, order, bits, out)
  readResidual(reader, order, out)
  predict(out, fixedWeights[order], 0)
}

function readPredicted(reader: BitReader, order: number, bits: number, out: Int32Array): void {
  readWarmUp(reader, order, bits, out)
  const precision = reader.bits(4) + 1
  const shift = reader.signed(5)
  if (precision === 16 || shift < 0) throw new FlacDamage('the predictor of a channel is damaged')
  const weights = Array.from({ length: order }, () => reader.signed(precision))
  readResidual(reader, order, out)
  predict(out, weights, shift)
}

function readWarmUp(reader: BitReader, order: number, bits: number, out: Int32Array): void {
  if (order > out.length) throw new FlacDamage('a frame is shorter than its predictor')
  for (let i = 0; i < order; i++) out[i] = reader.signed(bits)
}

/** Adds to each residual what the samples before foretell; sums are exact in 53 bits. */
function predict(out: Int32Array, weights: readonly number[], shift: number): void {
  const order = weights.length
  const w = Float64Array.from(weights)
  const scale = 2 ** -shift
  for (let i = order; i < out.length; i++) {
    let sum = 0
    for (let k = 0; k < order; k++) sum += w[k] * out[i - 1 - k]
    out[i] += Math.floor(sum * scale)
  }
}

/** Rice codes in partitions, after the warm-up samples. */
function readResidual(reader: BitReader, order: number, out: Int32Array): void {
  const method = reader.bits(2)
  if (method > 1) throw new FlacDamage('a residual is coded in an unknown way')
  const partitions = 1 << reader.bits(4)
  const each = out.length / partitions
  if (!Number.isInteger(each) || each < order)
    throw new FlacDamage('the partitions of a residual are damaged')
  const width = 4 + method
  for (let p = 0, at = order; p < partitions; p++) {
    const parameter = reader.bits(width)
    const end = (p + 1) * each
    if (parameter === (1 << width) - 1) {
      const bits = reader.bits(5)
      while (at < end) out[at++] = reader.signed(bits)
    } else at = readRice(reader, parameter, out, at, end)
  }
}

/** No encoder writes a quotient near this. */
const MAX_QUOTIENT = 2 ** 24

function readRice(
  reader: BitReader,
  parameter: number,
  out: Int32Array,
  begin: number,
  end: number,
): number {
  const scale = 2 ** parameter
  for (let at = begin; at < end; at++) {
    const quotient = reader.zeros(MAX_QUOTIENT)
    if (quotient > MAX_QUOTIENT) throw new FlacDamage('a frame is cut short')
    const folded = quotient * scale + reader.bits(parameter)
    out[at] = folded % 2 ? -(folded + 1) / 2 : folded / 2
  }
  return end
}
