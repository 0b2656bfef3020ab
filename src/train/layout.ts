import { InternalError } from '../base/index.js'
import type { Kernels } from '../kernels/index.js'
import type { Parameter } from '../model/index.js'
import { type ClassMemory, newMemory } from './online-smoothing.js'

/** Where one parameter lies in the flat buffers. */
export interface Slot {
  readonly name: string
  readonly shape: readonly number[]
  /** The axis of the output channels. */
  readonly channelAxis: number
  readonly offset: number
  readonly length: number
  /** Moved by the optimizer; statistics and frozen parameters are not. */
  readonly trained: boolean
}

/** Neighbouring floats whose learning rate is multiplied by the same. */
export interface Range {
  readonly offset: number
  readonly length: number
  readonly factor: number
}

/** All parameters in one flat buffer: the trained ones first, each on a 64-byte line. */
export interface Layout {
  readonly slots: readonly Slot[]
  /** Parts of the trained floats that share a learning rate, in order. */
  readonly ranges: readonly Range[]
  /** Floats the optimizer works on, from 0. */
  readonly trainedLength: number
  readonly length: number
}

const line = 16

export function layoutOf(
  parameters: readonly Parameter[],
  trained: (p: Parameter) => boolean,
  factorOf: (p: Parameter) => number = () => 1,
): Layout {
  const moved = parameters.filter(trained)
  const factors = [...new Set(moved.map(factorOf))]
  const groups = factors.map(factor => moved.filter(p => factorOf(p) === factor))
  const slots: Slot[] = []
  let offset = 0
  const place = (p: Parameter) => {
    const { name, shape, length, channelAxis } = p
    slots.push({ name, shape, channelAxis, offset, length, trained: trained(p) })
    offset += Math.ceil(p.length / line) * line
  }
  const ranges = groups.map((group, i) => {
    const from = offset
    for (const parameter of group) place(parameter)
    return { offset: from, length: offset - from, factor: factors[i] }
  })
  const trainedLength = offset
  for (const parameter of parameters) if (!trained(parameter)) place(parameter)
  return { slots, ranges, trainedLength, length: offset }
}

/** A parameter's part of a flat buffer. */
export function viewOf(flat: Float32Array, slot: Slot): Float32Array {
  return flat.subarray(slot.offset, slot.offset + slot.length)
}

/** The flat buffers of a run, all in one memory. */
export interface Buffers {
  readonly layout: Layout
  /** The weights themselves. */
  readonly parameters: Float32Array
  /** The weights with this step's noise on; what the session reads while weight noise acts. */
  readonly noisy: Float32Array
  readonly gradients: Float32Array
  /** Gradients of parts of a batch, where it is run in parts. */
  readonly partial: readonly Float32Array[]
  /** The average of the weights, where one is asked for. */
  readonly average?: Float32Array
  /** Mean answers by class, where the loss remembers them. */
  readonly memory?: ClassMemory
  /** What each training sample cost when it was last looked at, where a curriculum asks. */
  readonly sampleLosses?: Float32Array
  /** The optimizer's memory: none, one or two values a parameter. */
  readonly moments: readonly Float32Array[]
}

/** Bytes `allocateBuffers` takes. */
export function bytesOfBuffers(layout: Layout, { moments, partial = 0 }: BufferOptions): number {
  const ofTrained = 1 + moments + partial
  return 4 * (2 * layout.length + ofTrained * layout.trainedLength) + 64 * (3 + ofTrained)
}

export interface BufferOptions {
  /** Values the optimizer remembers a parameter. */
  readonly moments: number
  /** Buffers for the gradients of parts of a batch. Default 0. */
  readonly partial?: number
  readonly isAveraged?: boolean
  /** Classes whose mean answers are remembered. */
  readonly remembered?: number
  /** Training samples whose losses are kept. */
  readonly ranked?: number
}

export function allocateBuffers(
  kernels: Kernels,
  layout: Layout,
  parameters: readonly Parameter[],
  { moments, partial = 0, isAveraged = false, remembered = 0, ranked = 0 }: BufferOptions,
): Buffers {
  const ofTrained = (count: number) =>
    Array.from({ length: count }, () => kernels.alloc(layout.trainedLength))
  const buffers = {
    layout,
    ...(isAveraged && { average: new Float32Array(layout.length) }),
    ...(remembered && { memory: newMemory(remembered) }),
    ...(ranked && { sampleLosses: new Float32Array(ranked) }),
    parameters: kernels.alloc(layout.length),
    noisy: kernels.alloc(layout.length),
    gradients: kernels.alloc(layout.trainedLength),
    partial: ofTrained(partial),
    moments: ofTrained(moments),
  }
  fillParameters(buffers, parameters)
  return buffers
}

/** Puts the values of the opened model into the flat buffer. */
export function fillParameters(buffers: Buffers, parameters: readonly Parameter[]): void {
  const values = new Map(parameters.map(p => [p.name, p.value.data]))
  for (const slot of buffers.layout.slots) {
    const value = values.get(slot.name)
    if (!value) throw new InternalError(`no value for the parameter ${slot.name}`)
    viewOf(buffers.parameters, slot).set(value)
  }
  buffers.average?.set(buffers.parameters)
}

/** The weights that are measured and kept: the average where there is one. */
export const measuredWeights = ({ parameters, average }: Buffers): Float32Array =>
  average ?? parameters

/** The parameters by name, copied out of the flat buffer. */
export function unpack(layout: Layout, flat: Float32Array): Map<string, Float32Array> {
  return new Map(layout.slots.map(slot => [slot.name, viewOf(flat, slot).slice()]))
}
