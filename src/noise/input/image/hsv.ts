/** Hue, saturation and value, each in [0,1]; in the order of operations of scikit-image. */
export function toHsv(r: number, g: number, b: number): [number, number, number] {
  const value = Math.max(r, g, b)
  const delta = value - Math.min(r, g, b)
  if (delta === 0) return [0, 0, value]
  // Where two are the largest, the later one decides.
  const sixths =
    b === value ? 4 + (r - g) / delta : g === value ? 2 + (b - r) / delta : (g - b) / delta
  const hue = (sixths / 6) % 1
  return [hue < 0 ? hue + 1 : hue, delta / value, value]
}

export function fromHsv(hue: number, saturation: number, value: number): [number, number, number] {
  const sector = Math.floor(hue * 6)
  const f = hue * 6 - sector
  const p = value * (1 - saturation)
  const q = value * (1 - f * saturation)
  const t = value * (1 - (1 - f) * saturation)
  const ways: [number, number, number][] = [
    [value, t, p],
    [q, value, p],
    [p, value, t],
    [p, q, value],
    [t, p, value],
    [value, p, q],
  ]
  return ways[((sector % 6) + 6) % 6]
}
