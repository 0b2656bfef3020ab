import { type Kernel, type Kernels, range, sum } from './call.js'

/** Positions (x, y[, z]) of a grid of points in [-1, 1], moved by theta [batch, axes, axes + 1]. */
const affineGrid: Kernel = call => {
  const theta = call.value(0)
  const [, axes, columns] = theta.shape
  const size = call.outputs[0].shape.slice(1, -1)
  const corners = call.int('align_corners', 0) === 1
  const place = (i: number, n: number) => {
    if (!corners) return (2 * i + 1) / n - 1
    return n === 1 ? -1 : -1 + (2 * i) / (n - 1)
  }
  return [
    call.fill(index => {
      const [batch, row] = [index[0], index.at(-1)!]
      const points = index.slice(1, -1)
      const position = [...range(axes).map(k => place(points[axes - 1 - k], size[axes - 1 - k])), 1]
      const at = (batch * axes + row) * columns
      return sum(position.map((value, k) => value * theta.data[at + k]))
    }),
  ]
}

/** Pairs of elements turned by the angle of their position. */
const rotaryEmbedding: Kernel = call => {
  const { shape, data } = call.value(0)
  const flat = shape.length === 3
  const heads = flat ? call.int('num_heads', 0) : shape[1]
  const [length, width] = flat ? [shape[1], shape[2] / heads] : [shape[2], shape[3]]
  const turned = call.int('rotary_embedding_dim', 0) || width
  const half = turned / 2
  const interleaved = call.int('interleaved', 0) === 1
  const angle = (cache: number, batch: number, position: number, k: number) => {
    const at = batch * length + position
    return call.data(cache)[(call.has(3) ? call.data(3)[at] : at) * half + k]
  }
  return [
    call.fill((index, place) => {
      const batch = index[0]
      const position = flat ? index[1] : index[2]
      const element = flat ? index[2] % width : index[3]
      if (element >= turned) return data[place]
      const k = interleaved ? element >> 1 : element % half
      const isFirst = interleaved ? element % 2 === 0 : element < half
      const partner = place + (isFirst ? 1 : -1) * (interleaved ? 1 : half)
      const [cos, sin] = [angle(1, batch, position, k), angle(2, batch, position, k)]
      return cos * data[place] + (isFirst ? -sin : sin) * data[partner]
    }),
  ]
}

export const geometryKernels: Kernels = {
  AffineGrid: affineGrid,
  RotaryEmbedding: rotaryEmbedding,
}
