import type { Builder } from '../onnx/index.js'
import { allOnes, type Convolution } from './geometry.js'
import { reshape, transpose } from './phrases.js'

/** w [filters, channels / group, ...kernel] as [channels, filters / group, ...kernel], taps reversed. */
export function turned(b: Builder, w: string, c: Convolution): string {
  const [channels, filters] = [c.channels / c.group, c.filters / c.group]
  const taps = c.kernel.map((_, i) => i + 3)
  const apart = reshape(b, w, [c.group, filters, channels, ...c.kernel])
  const swapped = channels === 1 || filters === 1 ? w : transpose(b, apart, [0, 2, 1, ...taps])
  const shaped = reshape(b, swapped, [c.channels, filters, ...c.kernel])
  return allOnes(c.kernel) ? shaped : reversed(b, shaped, c.kernel.length)
}

function reversed(b: Builder, w: string, rank: number): string {
  const spatial = Array.from({ length: rank }, (_, i) => i + 2)
  const all = (value: number) => b.ints(spatial.map(() => value))
  return b.emit('Slice', [w, all(-1), all(-(2 ** 31)), b.ints(spatial), all(-1)])
}
