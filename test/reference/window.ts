import { convTransposeWindow, convWindow, poolWindow, type Window } from '../../src/onnx/index.js'
import { type Call, eachIndex, elementAt, type Kernel, type Kernels, offset, sum } from './call.js'

/** The input position under kernel element `tap` of the window at `place`. */
const under = (w: Window, place: readonly number[], tap: readonly number[]) =>
  place.map((p, i) => p * w.strides[i] - w.pads[i] + tap[i] * w.dilations[i])

const conv: Kernel = call => {
  const [x, w] = [call.value(0), call.value(1)]
  const window = convWindow(call)
  const perGroup = w.shape[0] / call.int('group', 1)
  const element = ([n, o, ...place]: readonly number[]) => {
    let total = call.has(2) ? call.data(2)[o] : 0
    const first = Math.floor(o / perGroup) * w.shape[1]
    eachIndex(w.shape.slice(1), ([c, ...tap]) => {
      total +=
        elementAt(x, [n, first + c, ...under(window, place, tap)]) * elementAt(w, [o, c, ...tap])
    })
    return total
  }
  return [call.fill(element)]
}

/** Every input element adds its window, weighted, to the output. */
const convTranspose: Kernel = call => {
  const [x, w] = [call.value(0), call.value(1)]
  const window = convTransposeWindow(call)
  const { shape } = call.outputs[0]
  const inPerGroup = x.shape[1] / call.int('group', 1)
  const out = call.fill(([, o]) => (call.has(2) ? call.data(2)[o] : 0))
  eachIndex(x.shape, ([n, c, ...place], flat) => {
    const first = Math.floor(c / inPerGroup) * w.shape[1]
    eachIndex(w.shape.slice(1), ([o, ...tap]) => {
      const at = under(window, place, tap)
      if (at.some((p, i) => p < 0 || p >= window.output[i])) return
      out[offset([n, first + o, ...at], shape)] += x.data[flat] * elementAt(w, [c, o, ...tap])
    })
  })
  return [out]
}

/** The values a pooling window sees, and where they stand (pads left out). */
function seen(call: Call, window: Window, [n, c, ...place]: readonly number[]) {
  const x = call.value(0)
  const found: { value: number; at: number[] }[] = []
  eachIndex(window.kernel, tap => {
    const at = under(window, place, tap)
    if (at.every((p, i) => p >= 0 && p < x.shape[i + 2]))
      found.push({ value: elementAt(x, [n, c, ...at]), at })
  })
  return found
}

/** Taps inside the padded input: with ceil_mode a window may reach beyond it. */
function paddedCount(call: Call, window: Window, [, , ...place]: readonly number[]): number {
  const size = call.shape(0).slice(2)
  let count = 0
  eachIndex(window.kernel, tap => {
    const at = under(window, place, tap)
    if (at.every((p, i) => p < size[i] + window.pads[i + size.length])) count++
  })
  return count
}

const averagePool: Kernel = call => {
  const window = poolWindow(call)
  const padded = call.int('count_include_pad', 0) === 1
  const element = (index: readonly number[]) => {
    const values = seen(call, window, index).map(({ value }) => value)
    return sum(values) / (padded ? paddedCount(call, window, index) : values.length)
  }
  return [call.fill(element)]
}

/** Position in the flattened input; storage_order 1 counts the spatial axes column by column. */
function flatPlace(call: Call, [n, c]: readonly number[], at: readonly number[]): number {
  const { shape } = call.value(0)
  const plane = offset([n, c, ...at.map(() => 0)], shape)
  if (call.int('storage_order', 0) === 0) return plane + offset([0, 0, ...at], shape)
  return plane + offset([...at].reverse(), shape.slice(2).reverse())
}

const maxPool: Kernel = call => {
  const window = poolWindow(call)
  const indices = call.fill(() => 0)
  const values = call.fill((index, flat) => {
    const found = seen(call, window, index)
    const best = found.reduce((a, b) => (b.value > a.value ? b : a))
    indices[flat] = flatPlace(call, index, best.at)
    return best.value
  })
  return [values, indices]
}

const lpNorm = (values: number[], p: number) => sum(values.map(v => Math.abs(v) ** p)) ** (1 / p)

const lpPool: Kernel = call => {
  const window = poolWindow(call)
  const p = call.int('p', 2)
  return [
    call.fill(index =>
      lpNorm(
        seen(call, window, index).map(({ value }) => value),
        p,
      ),
    ),
  ]
}

const globally =
  (f: (values: number[], call: Call) => number): Kernel =>
  call => {
    const { shape, data } = call.value(0)
    const plane = shape.slice(2).reduce((a, b) => a * b, 1)
    return [call.fill((_, flat) => f([...data.slice(flat * plane, (flat + 1) * plane)], call))]
  }

const maxUnpool: Kernel = call => {
  const out = call.fill(() => 0)
  const { shape } = call.outputs[0]
  // Indices count in the pooled tensor's own input, which may be smaller than output_shape asks.
  const own = call.has(2) ? unpooledShape(call) : shape
  for (const [i, place] of call.data(1).entries()) out[moved(place, own, shape)] = call.data(0)[i]
  return [out]
}

function unpooledShape(call: Call): number[] {
  const { shape } = call.value(0)
  const kernel = call.ints('kernel_shape', [])
  const strides = call.ints(
    'strides',
    kernel.map(() => 1),
  )
  const pads = call.ints(
    'pads',
    [...kernel, ...kernel].map(() => 0),
  )
  const sizes = kernel.map(
    (k, i) => (shape[i + 2] - 1) * strides[i] + k - pads[i] - pads[i + kernel.length],
  )
  return [shape[0], shape[1], ...sizes]
}

function moved(place: number, from: readonly number[], to: readonly number[]): number {
  const index: number[] = []
  for (let axis = from.length - 1, rest = place; axis >= 0; axis--) {
    index[axis] = rest % from[axis]
    rest = Math.floor(rest / from[axis])
  }
  return offset(index, to)
}

/** The inverse of cutting an image into blocks: overlapping columns add up. */
const col2Im: Kernel = call => {
  const x = call.value(0)
  const [image, block] = [[...call.data(1)], [...call.data(2)]]
  const ones = image.map(() => 1)
  const [strides, dilations] = [call.ints('strides', ones), call.ints('dilations', ones)]
  const pads = call.ints(
    'pads',
    [...ones, ...ones].map(() => 0),
  )
  const steps = image.map((size, i) => {
    const span = size + pads[i] + pads[i + image.length] - (block[i] - 1) * dilations[i] - 1
    return Math.floor(span / strides[i]) + 1
  })
  const window = { kernel: block, strides, dilations, pads, output: steps }
  const { shape } = call.outputs[0]
  const out = call.fill(() => 0)
  eachIndex([...shape.slice(0, 2), ...block, ...steps], ([n, c, ...rest]) => {
    const [tap, step] = [rest.slice(0, block.length), rest.slice(block.length)]
    const at = under(window, step, tap)
    if (at.some((p, i) => p < 0 || p >= image[i])) return
    const row = offset([c, ...tap], [shape[1], ...block])
    out[offset([n, c, ...at], shape)] += elementAt(x, [n, row, offset(step, steps)])
  })
  return [out]
}

export const window: Kernels = {
  AveragePool: averagePool,
  Col2Im: col2Im,
  Conv: conv,
  ConvTranspose: convTranspose,
  GlobalAveragePool: globally(values => sum(values) / values.length),
  GlobalLpPool: globally((values, call) => lpNorm(values, call.int('p', 2))),
  GlobalMaxPool: globally(values => Math.max(...values)),
  LpPool: lpPool,
  MaxPool: maxPool,
  MaxUnpool: maxUnpool,
}
