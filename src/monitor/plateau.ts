/** The level a rising or falling curve is heading for. */

/** A change of a figure below this is level ground: half a point. */
const level = 0.005

/**
 * Aitken's extrapolation from the last three values (Aitken 1926):
 *   plateau = x2 - (x2 - x1)^2 / ((x2 - x1) - (x1 - x0)),
 * where steps shrink in one direction; the last value where the curve is level. Undefined while
 * it is not known: fewer than three values, or steps that grow or turn around.
 * @param values of checks at equal distances, oldest first
 */
export function plateauOf(values: readonly number[]): number | undefined {
  if (values.length < 3) return undefined
  const [x0, x1, x2] = values.slice(-3)
  const [before, now] = [x1 - x0, x2 - x1]
  if (Math.abs(before) < level && Math.abs(now) < level) return x2
  if (before * now < 0) return Math.abs(now) < level ? x2 : undefined
  if (Math.abs(now) >= Math.abs(before)) return undefined
  return x2 - now ** 2 / (now - before)
}
