/** Gradients by their definition, in double precision: loops over everything, nothing clever. */

export interface Sliding {
  kernel: number[]
  strides: number[]
  dilations: number[]
  pads: number[]
}

export interface Convolution extends Sliding {
  batch: number
  channels: number
  filters: number
  group: number
  input: number[]
  output: number[]
}

export const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1)

export function* indices(sizes: readonly number[]): Generator<number[]> {
  for (let flat = 0; flat < product(sizes); flat++) {
    const index: number[] = []
    let rest = flat
    for (const size of [...sizes].reverse()) {
      index.unshift(rest % size)
      rest = Math.floor(rest / size)
    }
    yield index
  }
}

const flatten = (index: readonly number[], sizes: readonly number[]) =>
  index.reduce((flat, at, axis) => flat * sizes[axis] + at, 0)

/** Calls back with the flat input position, output position and tap of every real (not padded) read. */
function reads(
  w: Sliding & { input: number[]; output: number[] },
  visit: (input: number, output: number, tap: number) => void,
) {
  for (const p of indices(w.output))
    for (const k of indices(w.kernel)) {
      const at = p.map((o, i) => o * w.strides[i] + k[i] * w.dilations[i] - w.pads[i])
      if (at.some((v, i) => v < 0 || v >= w.input[i])) continue
      visit(flatten(at, w.input), flatten(p, w.output), flatten(k, w.kernel))
    }
}

/** Calls back with the flat positions in x, w and y of every product of a convolution. */
export function convolutionTerms(c: Convolution, visit: (x: number, w: number, y: number) => void) {
  const [perIn, perOut] = [c.channels / c.group, c.filters / c.group]
  const [input, output, taps] = [product(c.input), product(c.output), product(c.kernel)]
  reads(c, (at, p, k) => {
    for (let n = 0; n < c.batch; n++)
      for (let o = 0; o < c.filters; o++)
        for (let i = 0; i < perIn; i++) {
          const channel = Math.floor(o / perOut) * perIn + i
          visit(
            (n * c.channels + channel) * input + at,
            (o * perIn + i) * taps + k,
            (n * c.filters + o) * output + p,
          )
        }
  })
}

/** What each element of x receives when every window hands dy to all it reads. */
export function sumPoolGradient(
  w: Sliding & { input: number[]; output: number[] },
  planes: number,
  dy: ArrayLike<number>,
): Float64Array {
  const [input, output] = [product(w.input), product(w.output)]
  const dx = new Float64Array(planes * input)
  for (let plane = 0; plane < planes; plane++)
    reads(w, (at, p) => {
      dx[plane * input + at] += dy[plane * output + p]
    })
  return dx
}

/** Maxima of every window, and the gradient: all to the first winner, or shared between equals. */
export function maxPool(
  w: Sliding & { input: number[]; output: number[] },
  planes: number,
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
  share: boolean,
) {
  const [input, output] = [product(w.input), product(w.output)]
  const y = new Float64Array(planes * output).fill(-Infinity)
  const winners: number[][] = Array.from(y, () => [])
  for (let plane = 0; plane < planes; plane++)
    reads(w, (at, p) => {
      const [from, to] = [plane * input + at, plane * output + p]
      if (x[from] > y[to]) winners[to] = []
      if (x[from] >= y[to]) winners[to].push(from)
      y[to] = Math.max(y[to], x[from])
    })
  const dx = new Float64Array(planes * input)
  for (const [to, all] of winners.entries())
    for (const from of share ? all : all.slice(0, 1)) dx[from] += dy[to] / (share ? all.length : 1)
  return { y, dx }
}
