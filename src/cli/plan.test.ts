import { describe, expect, it } from 'vitest'
import { checkRecipe, resolveRecipe } from '../recipe/index.js'
import type { Output } from './output.js'
import { type Planned, printPlan } from './plan.js'

async function linesOf(changes: object): Promise<string[]> {
  const recipe = checkRecipe({
    model: { network: 'mlp' },
    data: { train: 'mnist:train', validation: 0.2, limit: 200 },
    train: { epochs: 2 },
    ...changes,
  })
  const { plan } = await resolveRecipe(recipe, { threads: 1, device: 'cpu' })
  const lines: string[] = []
  const output = { print: (line = '') => lines.push(line) } as unknown as Output
  const check = { samples: 40, looks: 1, conditions: 5 }
  await printPlan(output, { plan, check } as Planned)
  return lines
}

describe('a plan in words', () => {
  it('says what moves the weights, how they are kept in bounds, and by which loss', async () => {
    expect(await linesOf({})).toContain('optimizer    adam; loss cross-entropy')
    const optimizer = { kind: 'sgd', momentum: 0.9, nesterov: true, clipNorm: 1, clipWeights: 3 }
    const train = { epochs: 2, loss: { kind: 'generalized-cross-entropy', q: 0.5 } }
    expect(await linesOf({ optimizer, train })).toContain(
      'optimizer    sgd, momentum 0.9, nesterov, clipNorm 1, clipWeights 3; loss generalized-cross-entropy q 0.5',
    )
  })

  it('draws the learning rate over the run', async () => {
    const lines = await linesOf({ optimizer: { learningRate: { cosine: [1e-3, 1e-5] } } })
    expect(lines.some(line => line.startsWith('learning rate  '))).toBe(true)
    expect(lines.some(line => line.includes('⠉'))).toBe(true)
  })
})
