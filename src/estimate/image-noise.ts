/**
 * Standard deviation of the noise of an image, pixels in [0,1]: the Laplacian difference
 * [1 -2 1; -2 4 -2; 1 -2 1] of white noise has 36 times its variance and hardly sees smooth surfaces
 * (Immerkaer 1996). Texture it does see, so the variance is taken in blocks of 8 x 8 and the smoothest
 * tenth of the blocks says the noise; the mean of the smoothest tenth of pure noise is `smoothest` of the
 * variance. Blocks at either end of the range, where noise is clipped, are left out; undefined where
 * fewer than four are left.
 */
export function noiseOfImage(
  samples: Float32Array,
  [channels, height, width]: readonly number[],
): number | undefined {
  const variances: number[] = []
  for (let c = 0; c < channels; c++)
    variances.push(...blockVariances(samples.subarray(c * height * width), height, width))
  if (variances.length < 4) return undefined
  variances.sort((a, b) => a - b)
  const count = Math.max(1, Math.round(variances.length / 10))
  const mean = variances.slice(0, count).reduce((a, b) => a + b, 0) / count
  return Math.sqrt(mean / smoothest)
}

/** Mean of the lowest tenth of the block variances of white noise over its variance (by simulation). */
const smoothest = 0.54
const side = 8

function blockVariances(plane: Float32Array, height: number, width: number): number[] {
  const found: number[] = []
  for (let y = 1; y + side < height; y += side)
    for (let x = 1; x + side < width; x += side) {
      const variance = blockVariance(plane, width, y, x)
      if (variance !== undefined) found.push(variance)
    }
  return found
}

function blockVariance(
  plane: Float32Array,
  width: number,
  top: number,
  left: number,
): number | undefined {
  let [sum, clipped] = [0, 0]
  for (let y = top; y < top + side; y++)
    for (let x = left; x < left + side; x++) {
      const i = y * width + x
      const [above, below] = [i - width, i + width]
      const difference =
        plane[above - 1] -
        2 * plane[above] +
        plane[above + 1] -
        2 * (plane[i - 1] - 2 * plane[i] + plane[i + 1]) +
        (plane[below - 1] - 2 * plane[below] + plane[below + 1])
      sum += difference * difference
      if (plane[i] <= 0 || plane[i] >= 1) clipped++
    }
  return clipped > side ? undefined : sum / (36 * side * side)
}
