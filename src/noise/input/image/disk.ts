import { exactExp } from '../../../base/index.js'
import { borderIndex } from './blur.js'

/**
 * The kernel of a lens out of focus: a disk, adding up to 1, softened by a small Gaussian. The grid
 * is 17 x 17, wider only for radii above 8. Single precision, as in the published code.
 */
export function diskKernel(radius: number, softness: number): Float64Array {
  const name = `${radius}/${softness}`
  const kept = made.get(name)
  if (kept) return kept
  if (made.size > 64) made.clear()
  const kernel = trimmed(makeKernel(radius, softness))
  made.set(name, kernel)
  return kernel
}

const made = new Map<string, Float64Array>()

/** A square kernel without the zeros around it. */
function trimmed(kernel: Float64Array): Float64Array {
  const side = Math.sqrt(kernel.length)
  const middle = (side - 1) / 2
  let reach = 0
  kernel.forEach((weight, i) => {
    const far = Math.max(Math.abs((i % side) - middle), Math.abs(Math.floor(i / side) - middle))
    if (weight !== 0) reach = Math.max(reach, far)
  })
  const least = 2 * reach + 1
  return Float64Array.from({ length: least * least }, (_, i) => {
    const [y, x] = [Math.floor(i / least), i % least]
    return kernel[(y + middle - reach) * side + x + middle - reach]
  })
}

function makeKernel(radius: number, softness: number): Float64Array {
  const reach = Math.max(8, Math.ceil(radius))
  const side = 2 * reach + 1
  const disk = new Float32Array(side * side)
  for (let i = 0; i < disk.length; i++) {
    const x = (i % side) - reach
    const y = Math.floor(i / side) - reach
    disk[i] = x * x + y * y <= radius * radius ? 1 : 0
  }
  const sum = disk.reduce((a, b) => a + b)
  return soften(
    disk.map(value => value / sum),
    side,
    radius <= 8 ? 1 : 2,
    softness,
  )
}

function soften(disk: Float32Array, side: number, reach: number, sigma: number): Float64Array {
  const raw = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    exactExp((-0.5 * (i - reach) ** 2) / (sigma * sigma)),
  )
  const sum = raw.reduce((a, b) => a + b)
  const weights = raw.map(weight => Math.fround(weight / sum))
  const along = (from: ArrayLike<number>, step: number) =>
    Float32Array.from({ length: side * side }, (_, i) => {
      const at = step === 1 ? i % side : Math.floor(i / side)
      return weights.reduce((total, weight, k) => {
        const source = borderIndex(at + k - reach, side, 'mirror')
        return total + weight * from[i + (source - at) * step]
      }, 0)
    })
  return Float64Array.from(along(along(disk, 1), side))
}
