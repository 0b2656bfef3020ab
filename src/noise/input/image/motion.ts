import { exactCos, exactExp, exactSin } from '../../../base/index.js'
import { gather, pad } from './blur.js'

/**
 * Motion blur of a plane of bytes (0 to 255), floored: half a Gaussian of 2 ceil(radius) + 1 taps along
 * (cos angle, sin angle), y down, each offset rounded (halves down), edges repeated; as ImageMagick's.
 */
export function motionBlur(
  plane: Float64Array,
  height: number,
  width: number,
  { radius, sigma, degrees }: { radius: number; sigma: number; degrees: number },
): Float64Array {
  const taps = 2 * Math.ceil(radius) + 1
  const raw = Float64Array.from({ length: taps }, (_, i) =>
    exactExp((-i * i) / (2 * sigma * sigma)),
  )
  const sum = raw.reduce((a, b) => a + b)
  const [cos, sin] = [exactCos, exactSin].map(f => f((degrees * Math.PI) / 180))
  const reach = taps - 1
  const stride = width + 2 * reach
  const offsets = Array.from({ length: taps }, (_, tap) => {
    const [dx, dy] = [cos, sin].map(part => Math.ceil(tap * part - 0.5))
    return (reach + dy) * stride + reach + dx
  })
  const weights = Array.from(raw, weight => weight / sum)
  const padded = pad(plane, height, width, reach, 'nearest')
  const out = gather(padded, stride, height, width, { offsets, weights })
  // Weights that add up to 1 but for rounding must not lose a step of an even surface.
  for (let i = 0; i < out.length; i++) out[i] = Math.floor(out[i] + 1e-9)
  return out
}
