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

describe.skipIf(!hasShared || !block)('blocked operators', () => {
  it.each(Object.entries(models))('give %s the gradients of standard ones', async (file, asked) => {
    const options = { ...asked, inputs: sharedModels[file](), threads: 1 }
    const [plain, fast] = await Promise.all(
      (['portable', 'blocked'] as const).map(column =>
        gradients(sharedModel(file), { ...options, engine: { column, block } }),
      ),
    )
    expect(Math.abs(fast.loss / plain.loss - 1)).toBeLessThan(1e-5)
    expect([...fast.gradients.keys()]).toEqual([...plain.gradients.keys()])
    const largest = Math.max(
      ...[...plain.gradients.values()].map(g => norm(g.data as Float32Array)),
    )
    for (const [name, { data }] of plain.gradients) {
      const [wanted, found] = [data, fast.gradients.get(name)!.data] as Float32Array[]
      const difference = norm(wanted.map((v, i) => v - found[i]))
      // A gradient that vanishes beside the others is rounding alone.
      expect(difference, name).toBeLessThanOrEqual(1e-4 * norm(wanted) + 1e-7 * largest)
    }
  })
})
