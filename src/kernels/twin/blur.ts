import { clip } from './noise.js'

const { fround } = Math

/** How planes are blurred: half of a symmetric kernel, the outermost weight first, the middle last. */
export interface BlurredPlane {
  readonly height: number
  readonly width: number
  readonly weights: Float32Array
  /** What the result is kept inside; the defaults keep it as it is. */
  readonly low?: number
  readonly high?: number
}

function mirrored(i: number, n: number): number {
  if (n === 1) return 0
  let at = i
  while (at < 0 || at >= n) at = at < 0 ? -at : 2 * n - 2 - at
  return at
}

/** One plane, down the columns and then along the rows; the outermost weight comes first. */
export function blurPlane(x: Float32Array, out: Float32Array, plane: BlurredPlane): void {
  const { height, width, weights, low = -Infinity, high = Infinity } = plane
  const [lowest, highest] = [fround(low), fround(high)]
  const radius = weights.length - 1
  const line = new Float32Array(width)
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < width; i++) {
      let sum = fround(weights[radius] * x[y * width + i])
      for (let k = 0; k < radius; k++) {
        const above = x[mirrored(y - radius + k, height) * width + i]
        const below = x[mirrored(y + radius - k, height) * width + i]
        sum = fround(sum + fround(weights[k] * fround(above + below)))
      }
      line[i] = sum
    }
    for (let i = 0; i < width; i++) {
      let sum = fround(weights[radius] * line[i])
      for (let k = 0; k < radius; k++) {
        const left = line[mirrored(i - radius + k, width)]
        const right = line[mirrored(i + radius - k, width)]
        sum = fround(sum + fround(weights[k] * fround(left + right)))
      }
      out[y * width + i] = clip(sum, lowest, highest)
    }
  }
}
