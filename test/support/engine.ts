/**
 * `TEMPER_ENGINE=fast npm test` runs the whole suite on the runtime's blocked operators: graphs that
 * are lowered without saying how, and every training graph.
 */
import { vi } from 'vitest'
import type { LoweringOptions } from '../../src/lowering/index.js'
import type { Graph } from '../../src/onnx/index.js'

type Training = typeof import('../../src/gradients/training.js')

if (process.env.TEMPER_ENGINE === 'fast') {
  const { probeBlock } = await import('../../src/engine/index.js')
  const block = await probeBlock()
  if (!block) throw new Error('TEMPER_ENGINE=fast: this machine has no sound blocked operators')
  const fast = { column: 'blocked', block } as const
  vi.doMock('../../src/lowering/lower.js', async importOriginal => {
    const { lower } = await importOriginal<typeof import('../../src/lowering/lower.js')>()
    return {
      lower: (graph: Graph, options: LoweringOptions = {}) =>
        lower(graph, options.column ? options : { ...fast, ...options }),
    }
  })
  vi.doMock('../../src/gradients/training.js', async importOriginal => {
    const { trainingModel } = await importOriginal<Training>()
    const onFast: Training['trainingModel'] = (opened, graph, options) =>
      trainingModel(opened, graph, options, fast)
    return { trainingModel: onFast }
  })
}
