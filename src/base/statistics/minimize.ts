/** A smooth function: its value at `x`, and its gradient written into `gradient`. */
export type Smooth = (x: Float64Array, gradient: Float64Array) => number

export interface MinimizeOptions {
  /** Most steps; default 200. */
  steps?: number
  /** Done when no part of the gradient is larger; default 1e-9. */
  tolerance?: number
  /** Past steps that shape the direction; default 10. */
  memory?: number
}

interface Past {
  readonly move: Float64Array
  readonly change: Float64Array
  /** 1 / (change . move) */
  readonly rho: number
}

/**
 * The minimum of a smooth convex function, from `start`: limited-memory BFGS (Nocedal and Wright
 * 2006, algorithm 7.5) with step lengths halved until the value falls enough (Armijo, 1e-4).
 */
export function minimize(
  f: Smooth,
  start: ArrayLike<number>,
  { steps = 200, tolerance = 1e-9, memory = 10 }: MinimizeOptions = {},
): Float64Array {
  const past: Past[] = []
  let x = Float64Array.from(start)
  let gradient = new Float64Array(x.length)
  let value = f(x, gradient)
  for (let step = 0; step < steps && largest(gradient) > tolerance; step++) {
    const direction = downhill(gradient, past)
    const slope = dot(gradient, direction)
    const first = past.length ? 1 : Math.min(1, 1 / Math.sqrt(dot(gradient, gradient)))
    const next = search(f, { x, value, slope, direction }, first)
    if (!next) break
    const move = next.x.map((v, i) => v - x[i])
    const change = next.gradient.map((g, i) => g - gradient[i])
    const bend = dot(change, move)
    if (bend > 1e-300) past.push({ move, change, rho: 1 / bend })
    if (past.length > memory) past.shift()
    ;({ x, gradient, value } = next)
  }
  return x
}

/** The two-loop recursion: the direction that the past steps' curvature makes of the gradient. */
function downhill(gradient: Float64Array, past: readonly Past[]): Float64Array {
  const q = gradient.map(g => -g)
  const alphas = past.map(() => 0)
  for (let i = past.length - 1; i >= 0; i--) {
    alphas[i] = past[i].rho * dot(past[i].move, q)
    addScaled(q, past[i].change, -alphas[i])
  }
  const last = past.at(-1)
  if (last) {
    const scale = 1 / (last.rho * dot(last.change, last.change))
    for (let i = 0; i < q.length; i++) q[i] *= scale
  }
  for (const [i, { move, change, rho }] of past.entries())
    addScaled(q, move, alphas[i] - rho * dot(change, q))
  return q
}

interface From {
  readonly x: Float64Array
  readonly value: number
  readonly slope: number
  readonly direction: Float64Array
}

/** Undefined where no step length lowers the value: rounding is all that is left. */
function search(f: Smooth, { x, value, slope, direction }: From, first: number) {
  for (let length = first; length > 1e-18; length /= 2) {
    const next = x.map((v, i) => v + length * direction[i])
    const gradient = new Float64Array(x.length)
    const found = f(next, gradient)
    if (found <= value + 1e-4 * length * slope) return { x: next, gradient, value: found }
  }
  return undefined
}

const largest = (v: Float64Array) => v.reduce((most, g) => Math.max(most, Math.abs(g)), 0)

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

function addScaled(to: Float64Array, from: Float64Array, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i] += scale * from[i]
}
