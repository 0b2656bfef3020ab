import { sizeOf } from '../../src/base/index.js'
import { padAmounts, sliceRanges } from '../../src/onnx/index.js'
import {
  broadcastAt,
  eachIndex,
  elementAt,
  type Kernel,
  type Kernels,
  offset,
  withAxis,
} from './call.js'

/** The same elements under another shape. */
const same: Kernel = call => [call.data(0).slice()]

const transpose: Kernel = call => {
  const x = call.value(0)
  const order = call.ints('perm', [...x.shape.keys()].reverse())
  const source = (index: readonly number[]) => {
    const from = new Array<number>(order.length)
    for (const [to, axis] of order.entries()) from[axis] = index[to]
    return from
  }
  return [call.fill(index => elementAt(x, source(index)))]
}

const concat: Kernel = call => {
  const axis = call.axis(call.int('axis', 1), call.shape(0).length)
  const element = (index: readonly number[]) => {
    let at = index[axis]
    for (let i = 0; ; i++) {
      const part = call.value(i)
      if (at < part.shape[axis]) return elementAt(part, withAxis(index, axis, at))
      at -= part.shape[axis]
    }
  }
  return [call.fill(element)]
}

const split: Kernel = call => {
  const x = call.value(0)
  const axis = call.axis(call.int('axis', 0), x.shape.length)
  let start = 0
  return call.outputs.map(({ shape }, k) => {
    const from = start
    start += shape[axis]
    return call.fill(index => elementAt(x, withAxis(index, axis, from + index[axis])), k)
  })
}

const slice: Kernel = call => {
  const ranges = sliceRanges(call)
  const source = (index: readonly number[]) => {
    const from = [...index]
    for (const { axis, start, step } of ranges) from[axis] = start + step * index[axis]
    return from
  }
  return [call.fill(index => elementAt(call.value(0), source(index)))]
}

/** Where a padded index reads from, along one axis: -1 outside, for `constant`. */
function padSource(mode: string, i: number, size: number): number {
  if (mode === 'edge') return Math.max(0, Math.min(size - 1, i))
  if (mode === 'wrap') return ((i % size) + size) % size
  if (mode !== 'reflect') return i
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const at = ((i % period) + period) % period
  return at < size ? at : period - at
}

const pad: Kernel = call => {
  const x = call.value(0)
  const { before } = padAmounts(call)
  const mode = call.text('mode', 'constant')
  const value = call.has(2) ? call.data(2)[0] : call.float('value', 0)
  const source = (index: readonly number[]) =>
    index.map((i, axis) => padSource(mode, i - before[axis], x.shape[axis]))
  return [call.fill(index => elementAt(x, source(index), value))]
}

const fromEnd = (index: number, size: number) => (index < 0 ? index + size : index)

const gather: Kernel = call => {
  const [x, indices] = [call.value(0), call.value(1)]
  const axis = call.axis(call.int('axis', 0), x.shape.length)
  const rank = indices.shape.length
  const element = (index: readonly number[]) => {
    const picked = elementAt(indices, index.slice(axis, axis + rank))
    const at = fromEnd(picked, x.shape[axis])
    return elementAt(x, [...index.slice(0, axis), at, ...index.slice(axis + rank)])
  }
  return [call.fill(element)]
}

const gatherElements: Kernel = call => {
  const [x, indices] = [call.value(0), call.value(1)]
  const axis = call.axis(call.int('axis', 0), x.shape.length)
  const element = (index: readonly number[]) =>
    elementAt(x, withAxis(index, axis, fromEnd(elementAt(indices, index), x.shape[axis])))
  return [call.fill(element)]
}

const gatherND: Kernel = call => {
  const [x, indices] = [call.value(0), call.value(1)]
  const batch = call.int('batch_dims', 0)
  const depth = indices.shape[indices.shape.length - 1]
  const lead = indices.shape.length - 1
  const element = (index: readonly number[]) => {
    const at = Array.from({ length: depth }, (_, k) =>
      fromEnd(elementAt(indices, [...index.slice(0, lead), k]), x.shape[batch + k]),
    )
    return elementAt(x, [...index.slice(0, batch), ...at, ...index.slice(lead)])
  }
  return [call.fill(element)]
}

const combine: Record<string, (old: number, update: number) => number> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: Math.max,
  min: Math.min,
}

const scatterElements: Kernel = call => {
  const [x, indices, updates] = [call.value(0), call.value(1), call.value(2)]
  const axis = call.axis(call.int('axis', 0), x.shape.length)
  const merge = combine[call.text('reduction', 'none')]
  const out = x.data.slice()
  eachIndex(indices.shape, (index, flat) => {
    const at = offset(withAxis(index, axis, fromEnd(indices.data[flat], x.shape[axis])), x.shape)
    out[at] = merge(out[at], updates.data[flat])
  })
  return [out]
}

const scatterND: Kernel = call => {
  const [x, indices, updates] = [call.value(0), call.value(1), call.value(2)]
  const merge = combine[call.text('reduction', 'none')]
  const lead = indices.shape.length - 1
  const depth = indices.shape[lead]
  const out = x.data.slice()
  eachIndex(updates.shape, (index, flat) => {
    const head = Array.from({ length: depth }, (_, k) =>
      fromEnd(elementAt(indices, [...index.slice(0, lead), k]), x.shape[k]),
    )
    const at = offset([...head, ...index.slice(lead)], x.shape)
    out[at] = merge(out[at], updates.data[flat])
  })
  return [out]
}

const expand: Kernel = call => [call.fill(index => broadcastAt(call.value(0), index))]

const tile: Kernel = call => {
  const x = call.value(0)
  return [
    call.fill(index =>
      elementAt(
        x,
        index.map((i, axis) => i % x.shape[axis]),
      ),
    ),
  ]
}

/** DCR: depth is [block, block, channel]; CRD: [channel, block, block]. */
const depthToSpace: Kernel = call => {
  const x = call.value(0)
  const [block, channels] = [call.int('blocksize', 1), call.outputs[0].shape[1]]
  const columnsFirst = call.text('mode', 'DCR') === 'CRD'
  const element = ([n, c, h, w]: readonly number[]) => {
    const place = (h % block) * block + (w % block)
    const depth = columnsFirst ? c * block * block + place : place * channels + c
    return elementAt(x, [n, depth, Math.floor(h / block), Math.floor(w / block)])
  }
  return [call.fill(element)]
}

const spaceToDepth: Kernel = call => {
  const x = call.value(0)
  const [block, channels] = [call.int('blocksize', 1), x.shape[1]]
  const element = ([n, depth, h, w]: readonly number[]) => {
    const [place, c] = [Math.floor(depth / channels), depth % channels]
    return elementAt(x, [n, c, h * block + Math.floor(place / block), w * block + (place % block)])
  }
  return [call.fill(element)]
}

const trilu: Kernel = call => {
  const k = call.has(1) ? call.data(1)[0] : 0
  const upper = call.int('upper', 1) === 1
  const kept = (row: number, column: number) => (upper ? column - row >= k : column - row <= k)
  const element = (index: readonly number[], flat: number) =>
    kept(index[index.length - 2], index[index.length - 1]) ? call.data(0)[flat] : 0
  return [call.fill(element)]
}

const reverseSequence: Kernel = call => {
  const [x, lengths] = [call.value(0), call.data(1)]
  const [batch, time] = [call.int('batch_axis', 1), call.int('time_axis', 0)]
  const element = (index: readonly number[]) => {
    const length = lengths[index[batch]]
    const t = index[time] < length ? length - 1 - index[time] : index[time]
    return elementAt(x, withAxis(index, time, t))
  }
  return [call.fill(element)]
}

/** Crops or pads with zeros around the centre; an odd one goes after. */
const centerCropPad: Kernel = call => {
  const x = call.value(0)
  const shift = call.outputs[0].shape.map((size, axis) =>
    size < x.shape[axis]
      ? Math.floor((x.shape[axis] - size) / 2)
      : -Math.floor((size - x.shape[axis]) / 2),
  )
  return [
    call.fill(index =>
      elementAt(
        x,
        index.map((i, axis) => i + shift[axis]),
      ),
    ),
  ]
}

const shapeOf: Kernel = call => {
  const { shape } = call.value(0)
  const rank = shape.length
  const bound = (v: number) => Math.min(Math.max(v < 0 ? v + rank : v, 0), rank)
  return [Float64Array.from(shape.slice(bound(call.int('start', 0)), bound(call.int('end', rank))))]
}

const constant: Kernel = call => {
  const [attribute] = Object.values(call.node.attributes)
  if (attribute.type === 'tensor') return [Float64Array.from(attribute.value.data as never, Number)]
  const value = attribute.value as number | number[]
  return [Float64Array.from([value].flat())]
}

const constantOfShape: Kernel = call => {
  const value = call.attribute('value')
  const filled = value?.type === 'tensor' ? Number(value.value.data[0]) : 0
  return [call.fill(() => filled)]
}

const oneHot: Kernel = call => {
  const [indices, depth] = [call.value(0), call.data(1)[0]]
  const [off, on] = call.data(2)
  const axis = call.axis(call.int('axis', -1), indices.shape.length + 1)
  const element = (index: readonly number[]) => {
    const hot = elementAt(indices, [...index.slice(0, axis), ...index.slice(axis + 1)])
    return fromEnd(hot, depth) === index[axis] ? on : off
  }
  return [call.fill(element)]
}

const eyeLike: Kernel = call => [
  call.fill(([row, column]) => Number(column - row === call.int('k', 0))),
]

export const movement: Kernels = {
  CenterCropPad: centerCropPad,
  Concat: concat,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  DepthToSpace: depthToSpace,
  Expand: expand,
  EyeLike: eyeLike,
  Flatten: same,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  OneHot: oneHot,
  Pad: pad,
  Range: call => [call.fill(([i]) => call.data(0)[0] + i * call.data(2)[0])],
  Reshape: same,
  ReverseSequence: reverseSequence,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Shape: shapeOf,
  Size: call => [Float64Array.of(sizeOf(call.shape(0)))],
  Slice: slice,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Squeeze: same,
  Tile: tile,
  Transpose: transpose,
  Trilu: trilu,
  Unsqueeze: same,
}
