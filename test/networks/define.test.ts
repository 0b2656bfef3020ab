import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, it } from 'vitest'
import { type NetworkKind, newNetwork } from '../../src/networks/index.js'
import type { Graph } from '../../src/onnx/index.js'
import { described, goldenFolder } from './described.js'
import { recurrent, unet } from './made.js'

/**
 * Writes the networks of the golden file anew: `TEMPER_DEFINE=1 npx vitest run test/networks/define`,
 * then `python3 test/golden/networks/make.py` (PyTorch) for their gradients.
 */
const isAsked = process.env.TEMPER_DEFINE === '1'

const fresh = (kind: NetworkKind, input: number[], classes: number) => () =>
  newNetwork(kind, { input, classes, seed: 0 }).graph

const networks: Record<string, { graph: () => Graph; batch: number; classes: number }> = {
  mlp: { graph: fresh('mlp', [1, 6, 6], 5), batch: 8, classes: 5 },
  cnn: { graph: fresh('cnn', [1, 10, 8], 5), batch: 4, classes: 5 },
  lenet: { graph: fresh('lenet', [1, 18, 16], 10), batch: 4, classes: 10 },
  resnet8: { graph: fresh('resnet8', [3, 12, 12], 6), batch: 4, classes: 6 },
  'ds-cnn': { graph: fresh('ds-cnn', [1, 21, 10], 5), batch: 3, classes: 5 },
  cnn1d: { graph: fresh('cnn1d', [1, 4096], 4), batch: 3, classes: 4 },
  transformer: { graph: fresh('transformer', [5, 6], 3), batch: 3, classes: 3 },
  gru: {
    graph: recurrent('GRU', { directions: 1, steps: 7, features: 5, hidden: 6, classes: 4 }),
    batch: 4,
    classes: 4,
  },
  lstm: {
    graph: recurrent('LSTM', { directions: 2, steps: 7, features: 5, hidden: 6, classes: 4 }),
    batch: 4,
    classes: 4,
  },
  unet: { graph: unet, batch: 2, classes: 3 },
}

describe.skipIf(!isAsked)('the golden networks', () => {
  it.each(Object.entries(networks))('writes %s', (name, { graph, batch, classes }) => {
    const text = JSON.stringify(described(graph(), batch, classes))
    writeFileSync(resolve(goldenFolder, `${name}.json`), `${text}\n`)
  })
})
