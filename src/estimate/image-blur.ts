/**
 * Standard deviation of the Gaussian blur at an image's edges, in pixels (Zhuo & Sim 2011, Defocus map
 * estimation from a single image): of a step blurred by s and blurred once more by r = 1, the gradients
 * at the edge have the ratio R = sqrt(s^2 + r^2) / s, so s = r / sqrt(R^2 - 1). The median over the
 * strongest edges, those well above the noise; undefined where there are too few.
 */
export function blurOf(
  samples: Float32Array,
  [channels, height, width]: readonly number[],
  noise = 0,
): number | undefined {
  const grey = greyOf(samples, channels, height * width)
  const once = blurred(grey, height, width)
  const edges: { strength: number; sigma: number }[] = []
  for (let y = 4; y < height - 4; y++)
    for (let x = 4; x < width - 4; x++) {
      const i = y * width + x
      const strength = gradient(grey, i, width)
      if (strength < 0.02 + 3 * noise || !isRidge(grey, i, width, strength)) continue
      const ratio = strength / Math.max(1e-9, gradient(once, i, width))
      if (ratio > 1.005) edges.push({ strength, sigma: 1 / Math.sqrt(ratio * ratio - 1) })
    }
  if (edges.length < 20) return undefined
  edges.sort((a, b) => b.strength - a.strength)
  const strongest = edges.slice(0, Math.max(20, Math.round(edges.length / 2)))
  const sigmas = strongest.map(({ sigma }) => sigma).sort((a, b) => a - b)
  return sigmas[sigmas.length >> 1]
}

/** Central differences. */
function gradient(plane: Float32Array, i: number, width: number): number {
  return Math.hypot(plane[i + 1] - plane[i - 1], plane[i + width] - plane[i - width]) / 2
}

/** Whether the gradient is largest here across the edge. */
function isRidge(plane: Float32Array, i: number, width: number, strength: number): boolean {
  const across = Math.abs(plane[i + 1] - plane[i - 1])
  const down = Math.abs(plane[i + width] - plane[i - width])
  const step = across >= down ? 1 : width
  return strength >= gradient(plane, i - step, width) && strength > gradient(plane, i + step, width)
}

function greyOf(samples: Float32Array, channels: number, size: number): Float32Array {
  if (channels < 3) return samples.subarray(0, size)
  return Float32Array.from(
    { length: size },
    (_, i) => 0.299 * samples[i] + 0.587 * samples[size + i] + 0.114 * samples[2 * size + i],
  )
}

const taps = [-4, -3, -2, -1, 0, 1, 2, 3, 4].map(k => Math.exp((-k * k) / 2))
const total = taps.reduce((a, b) => a + b)

/** Gaussian blur of standard deviation 1, edges repeated. */
function blurred(plane: Float32Array, height: number, width: number): Float32Array {
  const along = (from: Float32Array, length: number, step: number) =>
    from.map((_, i) => {
      const place = step === 1 ? i % width : Math.floor(i / width)
      let sum = 0
      for (let k = -4; k <= 4; k++) {
        const at = Math.min(length - 1, Math.max(0, place + k))
        sum += (taps[k + 4] / total) * from[i + (at - place) * step]
      }
      return sum
    })
  return along(along(plane, height, width), width, 1)
}
