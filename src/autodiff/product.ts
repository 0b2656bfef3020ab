import { broadcastShapes } from '../base/index.js'
import { type Builder, float, int } from '../onnx/index.js'
import { emitPrivate } from './rule.js'

/** Which operands are transposed, and the factor in front. */
export interface Turns {
  readonly transA?: boolean
  readonly transB?: boolean
  readonly alpha?: number
}

/** alpha a c over the last two axes, each transposed on demand; leading axes broadcast. */
export function product(
  b: Builder,
  a: string,
  c: string,
  { transA = false, transB = false, alpha = 1 }: Turns = {},
): string {
  const [left, right] = [b.shape(a), b.shape(c)]
  const rows = left.at(transA ? -1 : -2)!
  const columns = right.at(transB ? -2 : -1)!
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2))
  const attributes = { transA: int(+transA), transB: int(+transB), alpha: float(alpha) }
  const type = { dtype: b.dtype(a), shape: [...batch, rows, columns] }
  return emitPrivate(b, 'TransposedMatMul', [a, c], attributes, type)
}
