import { describe, expect, it } from 'vitest'
import { keyOf, Random, type Tensor } from '../../src/base/index.js'
import { float, int } from '../../src/onnx/index.js'
import { Draw } from '../gradcheck/draw.js'
import { runLowered } from './run.js'

const cases = [
  { a: [3, 4], c: [4, 5] },
  { a: [2, 3, 4], c: [4, 5] },
  { a: [2, 3, 4], c: [2, 4, 5] },
  { a: [2, 1, 3, 4], c: [1, 3, 4, 5] },
  { a: [3, 4], c: [2, 4, 5] },
]

const turned = (shape: number[], transposed: boolean) =>
  transposed ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape

/** Element [.., row, column] of a matrix whose leading axes broadcast. */
function element(t: Tensor, batch: number[], row: number, column: number, transposed: boolean) {
  const leading = t.shape.slice(0, -2)
  const own = batch.slice(batch.length - leading.length)
  const at = leading.reduce((flat, size, i) => flat * size + (size === 1 ? 0 : own[i]), 0)
  const [rows, columns] = t.shape.slice(-2)
  const [r, k] = transposed ? [column, row] : [row, column]
  return t.data[at * rows * columns + r * columns + k] as number
}

describe.each(cases)('$a times $c', ({ a, c }) => {
  const turns = [false, true].flatMap(transA => [false, true].map(transB => [transA, transB]))
  const each = turns.flatMap(([transA, transB]) =>
    [1, 0.5].flatMap(alpha => [true, false].map(fused => ({ transA, transB, alpha, fused }))),
  )
  it.each(each)('transA $transA transB $transB alpha $alpha fused $fused', async t => {
    const draw = new Draw(new Random(keyOf(0, `test:product ${a} ${c}`)))
    const [left, right] = [draw.reals(turned(a, t.transA)), draw.reals(turned(c, t.transB))]
    const batch = [...(a.length >= c.length ? a : c).slice(0, -2)].map((size, i, all) =>
      Math.max(
        size,
        [...a.slice(0, -2)].at(i - all.length) ?? 1,
        c.slice(0, -2).at(i - all.length) ?? 1,
      ),
    )
    const shape = [...batch, a.at(-2)!, c.at(-1)!]
    const node = {
      op: 'TransposedMatMul',
      domain: 'temper',
      inputs: ['a', 'c'],
      outputs: ['y'],
      attributes: { transA: int(+t.transA), transB: int(+t.transB), alpha: float(t.alpha) },
    }
    const types = { y: { dtype: 'float32' as const, shape } }
    const { results } = await runLowered({ a: left, c: right }, [node], types, { fused: t.fused })
    let flat = 0
    const walk = (prefix: number[]) => {
      if (prefix.length < shape.length) {
        for (let i = 0; i < shape[prefix.length]; i++) walk([...prefix, i])
        return
      }
      const [row, column] = prefix.slice(-2)
      let sum = 0
      for (let k = 0; k < a.at(-1)!; k++)
        sum +=
          element(left, prefix.slice(0, -2), row, k, t.transA) *
          element(right, prefix.slice(0, -2), k, column, t.transB)
      expect(results.y.data[flat++]).toBeCloseTo(t.alpha * sum, 4)
    }
    walk([])
  })
})
