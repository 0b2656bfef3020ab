import { DataError, UsageError } from '../../../base/index.js'
import type { InputContext, Source } from '../../types.js'

/** The sample rate of a waveform. Throws UsageError naming the noise when it is not said. */
export function rateOf({ sampleRate }: InputContext, kind: string): number {
  if (sampleRate && sampleRate > 0) return sampleRate
  throw new UsageError(`${kind} counts in hertz or seconds and needs the sample rate (sampleRate).`)
}

/** The recordings to draw from. Throws DataError naming the noise when there are none. */
export function sourcesOf({ sources }: InputContext, kind: string): readonly Source[] {
  const sounding = sources?.filter(({ samples }) => samples.some(value => value !== 0)) ?? []
  if (sounding.length) return sounding
  const what = sources?.length ? 'all of them are silent' : 'none was given'
  throw new DataError(`${kind} needs recordings to draw from (sources), and ${what}.`)
}

/** Channels of a waveform `[channel, samples]` or `[samples]`, as views. */
export function channelsOf(x: Float32Array, { shape }: InputContext): Float32Array[] {
  const length = shape[shape.length - 1]
  return Array.from({ length: x.length / length }, (_, c) =>
    x.subarray(c * length, (c + 1) * length),
  )
}

/** Calls `change` for each channel with its input and its output. */
export function eachChannel(
  x: Float32Array,
  out: Float32Array,
  context: InputContext,
  change: (from: Float32Array, to: Float32Array) => void,
): void {
  const to = channelsOf(out, context)
  for (const [c, from] of channelsOf(x, context).entries()) change(from, to[c])
}
