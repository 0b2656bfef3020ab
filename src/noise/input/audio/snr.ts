import { DataError, exactPow } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import { clipInPlace } from '../../context.js'
import type { InputContext } from '../../types.js'

/**
 * out = x + g n with g such that 10 log10(sum x^2 / sum (g n)^2) = snr: the ratio is met by the very
 * noise drawn, not only on average. Silence has no such ratio: it stays as it is, and says so.
 */
export function addAtSnr(
  x: Float32Array,
  noise: Float32Array,
  out: Float32Array,
  snr: number,
  context: InputContext,
): void {
  const kernels = sharedKernels()
  const rows = { length: x.length, ratio: exactPow(10, -snr / 20) }
  if (kernels.addAtRatio(x, noise, out, rows))
    leave(x, out, kernels.energy(x) > 0 ? 'the noise is silent' : 'the sample is silent', context)
  clipInPlace(out, context)
}

function leave(x: Float32Array, out: Float32Array, why: string, context: InputContext): void {
  const reason = `No signal-to-noise ratio can be set: ${why}.`
  if (!context.note)
    throw new DataError(
      `${reason} Leave such samples out, or pass a note to keep them as they are.`,
    )
  context.note(`${reason} The sample stays as it is.`)
  if (out !== x) out.set(x)
}
