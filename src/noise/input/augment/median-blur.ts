import { borderIndex } from '../image/blur.js'
import { mapPlanes } from '../image/picture.js'
import { defineImage } from './define.js'

/** The median of the square about each pixel, edges repeated; as OpenCV's. */
export const medianBlur = defineImage({
  kind: 'median_blur',
  what: 'Replaces every value by the median of a square about it.',
  unit: 'radius of the square in pixels',
  levels: {
    radius: {
      what: 'the square is 2 radius + 1 wide',
      unit: 'pixels',
      range: [0, 15],
      default: 2,
      whole: true,
    },
  },
  identity: { radius: 0 },
  deterministic: true,
  paper: 'Tukey 1977, Exploratory data analysis (running medians); Albumentations MedianBlur',
  change: (picture, { radius }) =>
    mapPlanes(picture, plane => medians(plane, picture.height, picture.width, radius)),
})

function medians(plane: Float64Array, height: number, width: number, radius: number): Float64Array {
  const side = 2 * radius + 1
  const window = new Float64Array(side * side)
  const rows = bordered(height, radius)
  const columns = bordered(width, radius)
  const out = new Float64Array(plane.length)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      for (let dy = 0, i = 0; dy < side; dy++)
        for (let dx = 0; dx < side; dx++)
          window[i++] = plane[rows[y + dy] * width + columns[x + dx]]
      out[y * width + x] = window.sort()[(window.length - 1) / 2]
    }
  return out
}

/** Where each place of a side with `radius` more at either end is read. */
const bordered = (side: number, radius: number) =>
  Int32Array.from({ length: side + 2 * radius }, (_, i) => borderIndex(i - radius, side, 'nearest'))
