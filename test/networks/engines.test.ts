/** Blocked operators against standard ones on models made elsewhere. */
import { describe, expect, it } from 'vitest'
import { type Tensor, tensor } from '../../src/base/index.js'
import { probeBlock } from '../../src/engine/index.js'
import { gradients } from '../../src/index.js'
import { hasShared, sharedModel, sharedModels } from '../support/shared.js'

const block = await probeBlock()

interface Asked {
  readonly targets: Tensor
  readonly loss: 'cross-entropy' | 'binary-cross-entropy' | 'mean-squared-error'
  readonly output?: string
  readonly wrt?: 'inputs'
}

const classes = tensor('int64', [1], BigInt64Array.of(3n))
const zero = tensor('float32', [1, 1], Float32Array.of(0))

const models: Record<string, Asked> = {
  'mnist-cntk-ort-examples.onnx': { targets: classes, loss: 'cross-entropy' },
  'wonnx-opt-mnist.onnx': { targets: classes, loss: 'cross-entropy' },
  'ch_ppocr_mobile_v2.0_cls_infer.onnx': {
    targets: tensor('int64', [2], BigInt64Array.of(1n, 0n)),
    loss: 'cross-entropy',
  },
  'oww-hello_deepa.onnx': { targets: zero, loss: 'binary-cross-entropy' },
  'silero_vad_v5.onnx': {
    ...{ targets: zero, loss: 'binary-cross-entropy', output: 'output', wrt: 'inputs' },
  },
  'ultraface-rfb-320.onnx': {
    targets: tensor('float32', [1, 4420, 2], new Float32Array(8840).fill(0.25)),
    loss: 'mean-squared-error',
    output: 'scores',
  },
}

const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0))

type Found = Awaited<ReturnType<typeof gradients>>

/** The worst |difference| / |wanted| of a tensor; one that vanishes beside the others is rounding alone. */
function distance(own: Found, wanted: Found): number {
  const values = (of: Found, name: string) => of.gradients.get(name)!.data as Float32Array
  const names = [...wanted.gradients.keys()]
  const largest = Math.max(...names.map(name => norm(values(wanted, name))))
  return Math.max(
    ...names.map(name => {
      const [w, o] = [values(wanted, name), values(own, name)]
      return norm(w.map((v, i) => v - o[i])) / (norm(w) + 1e-3 * largest)
    }),
  )
}

/** Inputs that differ by rounding: one on a kink (of a Relu, say) has two gradients, and rounding chooses. */
const nudges = [1, 1 + 3e-7, 1 - 1e-6]

function nudged(inputs: Record<string, Tensor>, factor: number): Record<string, Tensor> {
  const entries = Object.entries(inputs).map(([name, t]) => {
    if (t.dtype !== 'float32') return [name, t]
    return [name, { ...t, data: (t.data as Float32Array).map(v => v * factor) }]
  })
  return Object.fromEntries(entries)
}

describe.skipIf(!hasShared || !block)('blocked operators', () => {
  it.each(Object.entries(models))('give %s the gradients of standard ones', async (file, asked) => {
    const of = (column: 'portable' | 'blocked', factor = 1) => {
      const inputs = nudged(sharedModels[file](), factor)
      const options = { ...asked, inputs, threads: 1, engine: { column, block } }
      return gradients(sharedModel(file), options)
    }
    const fast = await of('blocked')
    const distances: number[] = []
    for (const factor of nudges) {
      const plain = await of('portable', factor)
      expect(Math.abs(fast.loss / plain.loss - 1)).toBeLessThan(1e-5)
      expect([...fast.gradients.keys()]).toEqual([...plain.gradients.keys()])
      distances.push(distance(fast, plain))
      if (distances.at(-1)! < 1e-4) break
    }
    expect(Math.min(...distances)).toBeLessThan(1e-4)
  })
})
