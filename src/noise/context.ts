import type { Clip } from '../kernels/index.js'
import { sharedKernels } from '../kernels/index.js'
import type { InputContext } from './types.js'

/** The clip of a context as the kernels take it. */
export function clipOf({ clip }: InputContext): Clip {
  return clip ? { low: clip[0], high: clip[1] } : {}
}

/** Clips in place, where a clip is asked for. */
export function clipInPlace(out: Float32Array, { clip }: InputContext): void {
  if (clip) sharedKernels().clamp(out, out, clip[0], clip[1])
}
