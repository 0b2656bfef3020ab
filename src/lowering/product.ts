import { type Builder, floatOf, intOf } from '../onnx/index.js'
import { type Formulation, row, type Site } from './formulation.js'
import { transpose } from './phrases.js'

/** temper::TransposedMatMul(a, b) { transA, transB, alpha }: alpha a b, each transposed on demand. */

interface Facts {
  readonly transA: boolean
  readonly transB: boolean
  readonly alpha: number
}

const read = ({ node }: Site): Facts => ({
  transA: intOf(node, 'transA', 0) === 1,
  transB: intOf(node, 'transB', 0) === 1,
  alpha: floatOf(node, 'alpha', 1),
})

/** Nothing to transpose, nothing to scale. */
const plain: Formulation<Facts> = {
  name: 'MatMul',
  column: 'portable',
  applies: ({ transA, transB, alpha }) => !transA && !transB && alpha === 1,
  emit: ({ b, node }) => [b.emit('MatMul', node.inputs)],
}

/** Gemm knows transposes, for matrices alone. */
const gemm: Formulation<Facts> = {
  name: 'Gemm',
  column: 'portable',
  applies: (_, { b, node }) => node.inputs.every(name => b.shape(name).length === 2),
  emit: ({ b, node }) => [b.emit('Gemm', node.inputs, { ...node.attributes })],
}

const fused: Formulation<Facts> = {
  name: 'FusedMatMul',
  column: 'portable',
  applies: (_, { options }) => options.fused,
  emit: ({ b, node }) => [
    b.emit(
      'FusedMatMul',
      node.inputs,
      { ...node.attributes },
      {
        domain: 'com.microsoft',
        types: [b.type(node.outputs[0])],
      },
    ),
  ],
}

const apart: Formulation<Facts> = {
  name: 'Transpose and MatMul',
  column: 'portable',
  applies: () => true,
  emit({ b, node }, { transA, transB, alpha }) {
    const [x, y] = node.inputs
    const matrix = b.emit('MatMul', [transA ? turned(b, x) : x, transB ? turned(b, y) : y])
    return [alpha === 1 ? matrix : b.emit('Mul', [matrix, b.scalar(alpha)])]
  },
}

/** The last two axes swapped. */
function turned(b: Builder, x: string): string {
  const axes = b.shape(x).map((_, axis) => axis)
  return transpose(b, x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2])
}

export const transposedMatMul = row(read, [plain, gemm, fused, apart])
