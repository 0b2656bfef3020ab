const known = new WeakMap<Float32Array, readonly Float32Array[]>()

/** The rows of `[rows, width]` as views, made once for each array: a view costs more than small work on it. */
export function rowViews(array: Float32Array, width: number): readonly Float32Array[] {
  const made = known.get(array)
  if (made && (made[0]?.length ?? 0) === width) return made
  const views = Array.from({ length: Math.floor(array.length / width) }, (_, row) =>
    array.subarray(row * width, (row + 1) * width),
  )
  known.set(array, views)
  return views
}
