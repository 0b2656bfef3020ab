import { exactCos, exactExp, exactSin } from '../../../base/index.js'
import { borderIndex } from './blur.js'

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
  const out = new Float64Array(plane.length)
  const columns = new Int32Array(width)
  for (let tap = 0; tap < taps; tap++) {
    const dx = Math.ceil(tap * cos - 0.5)
    const dy = Math.ceil(tap * sin - 0.5)
    for (let x = 0; x < width; x++) columns[x] = borderIndex(x + dx, width, 'nearest')
    const weight = raw[tap] / sum
    for (let y = 0; y < height; y++) {
      const row = borderIndex(y + dy, height, 'nearest') * width
      for (let x = 0; x < width; x++) out[y * width + x] += weight * plane[row + columns[x]]
    }
  }
  // Weights that add up to 1 but for rounding must not lose a step of an even surface.
  for (let i = 0; i < out.length; i++) out[i] = Math.floor(out[i] + 1e-9)
  return out
}
