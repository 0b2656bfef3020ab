import { broadcastShapes } from '../base/index.js'
import { floatOf, intOf } from '../onnx/index.js'
import { einsumRule } from './einsum.js'
import { product, type Turns } from './product.js'
import { forbidden, type Gradients, inputOf, type Row, rule, type Scope } from './rule.js'

/** Products of matrices. In the formulas a' and c' stand for a and c, transposed where asked. */

// y = alpha a' c' + beta z: da' = alpha dy c'^T, dc' = alpha a'^T dy, dz = beta dy
const Gemm = rule(({ b, node, dy, mul }) => {
  const turns = turnsOf({ node })
  const beta = floatOf(node, 'beta', 1)
  const dz = inputOf(node, 2) && (beta === 1 ? dy : mul(dy, beta))
  const [a, c] = node.inputs
  return [leftGradient(b, dy, c, turns), rightGradient(b, dy, a, turns), dz]
})

const turnsOf = ({ node }: Pick<Scope, 'node'>): Required<Turns> => ({
  transA: intOf(node, 'transA', 0) === 1,
  transB: intOf(node, 'transB', 0) === 1,
  alpha: floatOf(node, 'alpha', 1),
})

// a' = a: da = alpha dy c'^T; a' = a^T: da = alpha c' dy^T
function leftGradient(b: Scope['b'], dy: string, c: string, t: Required<Turns>): string {
  const { transA, transB, alpha } = t
  return transA
    ? product(b, c, dy, { transA: transB, transB: true, alpha })
    : product(b, dy, c, { transB: !transB, alpha })
}

// c' = c: dc = alpha a'^T dy; c' = c^T: dc = alpha dy^T a'
function rightGradient(b: Scope['b'], dy: string, a: string, t: Required<Turns>): string {
  const { transA, transB, alpha } = t
  return transB
    ? product(b, dy, a, { transA: true, transB: transA, alpha })
    : product(b, a, dy, { transA: !transA, alpha })
}

// y = a c: da = dy c^T, dc = a^T dy, each summed down over the axes it was broadcast along
const MatMul = rule(scope => matrixGradients(scope, { transA: false, transB: false, alpha: 1 }))

const FusedMatMul = rule(scope => {
  const { node } = scope
  const batched = intOf(node, 'transBatchA', 0) || intOf(node, 'transBatchB', 0)
  if (batched) return forbidden('transposes batch axes (transBatchA, transBatchB)')
  return matrixGradients(scope, turnsOf(scope))
})

/** A vector on the left is a row, on the right a column; the axis it lacks is lost from y. */
function matrixGradients(scope: Scope, turns: Required<Turns>): Gradients {
  const { b, node, reshape } = scope
  const [shapeA, shapeC] = node.inputs.map(name => b.shape(name))
  const a = shapeA.length === 1 ? reshape(node.inputs[0], [1, shapeA[0]]) : node.inputs[0]
  const c = shapeC.length === 1 ? reshape(node.inputs[1], [shapeC[0], 1]) : node.inputs[1]
  const used = {
    alpha: turns.alpha,
    transA: turns.transA && shapeA.length > 1,
    transB: turns.transB && shapeC.length > 1,
  }
  const batch = broadcastShapes(shapeA.slice(0, -2), shapeC.slice(0, -2))
  const rows = b.shape(a).at(used.transA ? -1 : -2)!
  const columns = b.shape(c).at(used.transB ? -2 : -1)!
  const dy = reshape(scope.dy, [...batch, rows, columns])
  const dc = sharedGradient(scope, dy, a, c, used)
  return [
    leftGradient(b, dy, c, used),
    shapeC.length === 1 ? reshape(dc, b.shape(dc).slice(0, -1)) : dc,
  ]
}

/** A matrix on the right shared by a whole batch: the batch becomes rows of one product. */
function sharedGradient(
  { b, reshape }: Scope,
  dy: string,
  a: string,
  c: string,
  turns: Required<Turns>,
): string {
  const shared = !turns.transA && b.shape(a).length > 2 && b.shape(c).length === 2
  if (!shared) return rightGradient(b, dy, a, turns)
  const rows = (x: string) => {
    const shape = b.shape(x)
    return reshape(x, [shape.slice(0, -1).reduce((p, size) => p * size, 1), shape.at(-1)!])
  }
  return rightGradient(b, rows(dy), rows(a), turns)
}

export const linearRules = {
  Gemm,
  MatMul,
  Einsum: einsumRule,
  'com.microsoft.FusedMatMul': FusedMatMul,
} satisfies Record<string, Row>
