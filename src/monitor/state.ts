import { DataError } from '../base/index.js'
import type { NoiseControl } from './control.js'
import type { JudgeState } from './judge.js'

export interface MonitorState {
  judge: JudgeState
  controls: Record<string, NoiseControl>
  /** Comfortable checks in a row. */
  comfortable: number
  /** Times noise was found overused. */
  failures: number
  /** Checks an adjustment still has to work. */
  settling: number
  /** Times branches were asked for. */
  probes: number
  /** No branches up to this check. */
  quietUntil: number
  /** Times branches found no noise to blame for a worse calibration, and the check until which that stands. */
  acquittals: number
  acquittedUntil: number
  lastStep?: number
}

type Arrays = Uint8Array | Float32Array
const kinds = { Uint8Array, Float32Array } as const

/** As plain JSON: arrays become their kind and base64. */
export function encodeState(state: MonitorState): unknown {
  return JSON.parse(
    JSON.stringify(state, (_, value: unknown) => {
      if (!(value instanceof Uint8Array || value instanceof Float32Array)) return value
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      return { array: value.constructor.name, base64: bytes.toString('base64') }
    }),
  )
}

/** Reads `encodeState`'s value, also after a way through a file; throws DataError when it is damaged. */
export function decodeState(encoded: unknown): MonitorState {
  const state = JSON.parse(JSON.stringify(encoded ?? null), (_, value: unknown) =>
    isEncodedArray(value) ? decodeArray(value) : value,
  ) as Partial<MonitorState> | null
  const numbers = [
    state?.comfortable,
    state?.failures,
    state?.settling,
    state?.probes,
    state?.quietUntil,
    state?.acquittals,
    state?.acquittedUntil,
  ]
  if (!state?.judge || !state.controls || numbers.some(n => typeof n !== 'number'))
    throw new DataError('monitor state: it is damaged, or of another version. Start a new run.')
  return state as MonitorState
}

interface EncodedArray {
  array: keyof typeof kinds
  base64: string
}

function isEncodedArray(value: unknown): value is EncodedArray {
  const { array, base64 } = (value ?? {}) as Partial<EncodedArray>
  return typeof array === 'string' && Object.hasOwn(kinds, array) && typeof base64 === 'string'
}

function decodeArray({ array, base64 }: EncodedArray): Arrays {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
  return new kinds[array](bytes.buffer)
}
