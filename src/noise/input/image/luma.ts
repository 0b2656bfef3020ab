import type { Picture } from './picture.js'

/** Brightness of every pixel: .299 R + .587 G + .114 B; a grey picture is its own. */
export function luma({ planes }: Picture): Float64Array {
  if (planes.length < 3) return planes[0]
  const [r, g, b] = planes
  return r.map((value, i) => 0.299 * value + 0.587 * g[i] + 0.114 * b[i])
}
