import type { Tensor } from '../../../src/base/index.js'
import { type Attributes, float, int, text } from '../../../src/onnx/index.js'
import type { Case, Cases } from '../case.js'
import type { Draw } from '../draw.js'

/** Shapes of a and c whose product exists: vectors, matrices, batches that broadcast. */
function factors(draw: Draw): [number[], number[]] {
  const [rows, inner, columns] = [draw.int(1, 4), draw.int(1, 4), draw.int(1, 4)]
  const batch = draw.shape(draw.int(0, 2), 3)
  const [left, right] = [draw.broadcastable(batch), draw.broadcastable(batch)]
  const whole = draw.chance() ? [batch, right] : [left, batch]
  return draw.pick<[number[], number[]]>(
    [
      [...whole[0], rows, inner],
      [...whole[1], inner, columns],
    ],
    [
      [...batch, rows, inner],
      [inner, columns],
    ],
    [[inner], [...batch, inner, columns]],
    [[...batch, rows, inner], [inner]],
    [[inner], [inner]],
  )
}

const turned = (shape: readonly number[], transposed: boolean) =>
  transposed && shape.length > 1
    ? [...shape.slice(0, -2), shape[shape.length - 1], shape[shape.length - 2]]
    : [...shape]

const equations: { equation: string; shapes: (draw: Draw) => number[][] }[] = [
  {
    equation: 'ij,jk->ik',
    shapes: () => [
      [2, 3],
      [3, 4],
    ],
  },
  {
    equation: 'bhqd,bhkd->bhqk',
    shapes: () => [
      [2, 2, 3, 4],
      [2, 2, 2, 4],
    ],
  },
  {
    equation: 'bij, bjk',
    shapes: () => [
      [2, 3, 2],
      [2, 2, 3],
    ],
  },
  { equation: 'i,j->ij', shapes: () => [[3], [4]] },
  { equation: 'ij->i', shapes: () => [[3, 4]] },
  { equation: 'ijk->kij', shapes: () => [[2, 3, 4]] },
  {
    equation: 'ij,ij->',
    shapes: () => [
      [2, 3],
      [2, 3],
    ],
  },
  {
    equation: '...ij,...jk->...ik',
    shapes: () => [
      [2, 3, 2, 3],
      [2, 3, 3, 2],
    ],
  },
  {
    equation: 'ij,jk,kl->il',
    shapes: () => [
      [2, 3],
      [3, 2],
      [2, 4],
    ],
  },
  { equation: 'abc,cd->abd', shapes: draw => [draw.shape(3).with(2, 3), [3, 2]] },
  { equation: 'ij,k->ik', shapes: () => [[2, 3], [4]] },
]

export const linearCases: Cases = {
  Gemm: (draw): Case => {
    const [transA, transB] = [draw.chance(), draw.chance()]
    const [rows, inner, columns] = [draw.int(1, 4), draw.int(1, 5), draw.int(1, 4)]
    const inputs: Tensor[] = [
      draw.reals(turned([rows, inner], transA)),
      draw.reals(turned([inner, columns], transB)),
    ]
    if (draw.chance(0.8)) inputs.push(draw.reals(draw.broadcastable([rows, columns])))
    const attributes: Attributes = {
      transA: int(+transA),
      transB: int(+transB),
      alpha: float(draw.pick(1, 0.5, -1.25)),
      beta: float(draw.pick(1, 2, 0.25)),
    }
    return { inputs, attributes }
  },
  MatMul: (draw): Case => {
    const [a, c] = factors(draw)
    return { inputs: [draw.reals(a), draw.reals(c)] }
  },
  'com.microsoft.FusedMatMul': (draw): Case => {
    const [a, c] = factors(draw)
    const [transA, transB] = [a.length > 1 && draw.chance(), c.length > 1 && draw.chance()]
    const attributes = {
      transA: int(+transA),
      transB: int(+transB),
      alpha: float(draw.pick(1, 0.5)),
    }
    return { inputs: [draw.reals(turned(a, transA)), draw.reals(turned(c, transB))], attributes }
  },
  Einsum: (draw, index): Case => {
    const { equation, shapes } = equations[index % equations.length]
    const attributes = { equation: text(equation) }
    return { inputs: shapes(draw).map(shape => draw.reals(shape)), attributes }
  },
}
