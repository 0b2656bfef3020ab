import { borderIndex, gaussianBlur } from './blur.js'
import { blendField, defineCorruption, mnistC, preset } from './define.js'
import { joinedToStrong } from './edges.js'
import { mapPlanes } from './picture.js'

/** Canny 1986 as scikit-image runs it: sigma 1, thresholds .1 and .2, bilinear thinning. */
export const cannyEdges = defineCorruption({
  kind: 'canny_edges',
  what: 'Keeps nothing of the image but its edges.',
  unit: 'share of the corrupted image in the result',
  levels: { blend: blendField },
  identity: { blend: 0 },
  deterministic: true,
  paper: mnistC,
  presets: { 'mnist-c': preset(['blend'], [1], 1) },
  corrupt: picture =>
    mapPlanes(picture, plane => {
      const marks = cannyMarks(plane, picture.height, picture.width)
      return Float64Array.from(marks, mark => mark * 255)
    }),
})

const low = 0.1
const high = 0.2

/** 1 at an edge. The outermost pixels are never edges. */
export function cannyMarks(plane: Float64Array, height: number, width: number): Uint8Array {
  const zero = { border: 'zero' } as const
  const cover = gaussianBlur(new Float64Array(plane.length).fill(1), height, width, 1, zero)
  const smooth = gaussianBlur(plane, height, width, 1, zero).map(
    (value, i) => value / (cover[i] + Number.EPSILON),
  )
  const { down, across } = sobel(smooth, height, width)
  const size = down.map((value, i) => Math.sqrt(value * value + across[i] * across[i]))
  const [strong, weak] = [new Uint8Array(plane.length), new Uint8Array(plane.length)]
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x
      if (size[i] < low || !isRidge(size, i, width, down[i], across[i])) continue
      weak[i] = 1
      strong[i] = size[i] >= high ? 1 : 0
    }
  return joinedToStrong(strong, weak, height, width)
}

/** Whether the gradient is largest here, against its size between neighbours up and down the slope. */
function isRidge(
  size: Float64Array,
  i: number,
  width: number,
  down: number,
  across: number,
): boolean {
  if (down === 0 && across === 0) return false
  const [steep, flat] = [Math.abs(down), Math.abs(across)]
  // The same sign (or zero): towards lower right and upper left; else towards upper right.
  const sameSide = (down >= 0 && across >= 0) || (down <= 0 && across <= 0)
  const tall = sameSide ? steep > flat : steep >= flat
  const weight = tall ? flat / steep : steep / flat
  const straight = tall ? (sameSide ? width : -width) : 1
  const slanted = (sameSide ? width : -width) + 1
  const between = (sign: number) =>
    size[i + sign * slanted] * weight + size[i + sign * straight] * (1 - weight)
  return between(1) <= size[i] && between(-1) <= size[i]
}

function sobel(plane: Float64Array, height: number, width: number) {
  const at = (y: number, x: number) =>
    plane[borderIndex(y, height, 'reflect') * width + borderIndex(x, width, 'reflect')]
  const difference = (i: number, dy: number, dx: number) => {
    const [y, x] = [Math.floor(i / width), i % width]
    const side = (sign: number) =>
      at(y + sign * dy - dx, x + sign * dx - dy) +
      2 * at(y + sign * dy, x + sign * dx) +
      at(y + sign * dy + dx, x + sign * dx + dy)
    return side(1) - side(-1)
  }
  return {
    down: plane.map((_, i) => difference(i, 1, 0)),
    across: plane.map((_, i) => difference(i, 0, 1)),
  }
}
