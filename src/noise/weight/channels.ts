import type { WeightContext } from '../types.js'

/** Which output channel a weight belongs to; a tensor of one axis is one channel. */
export function channelOf({ shape, channelAxis = 0 }: WeightContext): {
  channels: number
  of: (i: number) => number
} {
  if (shape.length < 2) return { channels: 1, of: () => 0 }
  const inner = shape.slice(channelAxis + 1).reduce((a, b) => a * b, 1)
  const channels = shape[channelAxis]
  return { channels, of: i => Math.floor(i / inner) % channels }
}

/** The largest absolute weight of every channel. */
export function largestPerChannel(w: Float32Array, context: WeightContext): Float32Array {
  const { channels, of } = channelOf(context)
  const most = new Float32Array(channels)
  for (let i = 0; i < w.length; i++) most[of(i)] = Math.max(most[of(i)], Math.abs(w[i]))
  return most
}
