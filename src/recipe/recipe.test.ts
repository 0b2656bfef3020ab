import { describe, expect, it } from 'vitest'
import { UsageError } from '../base/index.js'
import { allNoises } from '../noise/index.js'
import { applyOverrides, checkRecipe, parseRecipe } from './index.js'
import { recipeJsonSchema } from './json-schema.js'

const least = { model: { network: 'mlp' }, data: { train: 'mnist:train' } }

/** The recipe of the contract, word for word. */
const contract = `
model: { network: lenet }
data: { train: "fashion-mnist:train", test: "fashion-mnist:test", validation: 0.1 }
optimizer: { kind: adam, learningRate: { cosine: [1e-3, 1e-5] }, clipNorm: 1 }
train: { epochs: 5, batch: 128, loss: cross-entropy }
noise:
  - { at: input, kind: gaussian, sigma: { uniform: [0, { ramp: [0.1, 0.4], from: 0%, to: 60% }] }, clip: [0, 1], share: 0.8 }
  - { at: mix, kind: mixup, alpha: 0.2, probability: 0.5 }
  - { at: weight, kind: gaussian, relative: 0.02, every: 4ep, for: 2ep, redraw: step }
  - { at: target, kind: smoothing, amount: 0.1 }
  - { at: gradient, kind: gaussian, variance: { anneal: { eta: 0.01, gamma: 0.55 } } }
seed: 0
`

const refused: [name: string, recipe: object, words: RegExp][] = [
  ['an unknown key', { ...least, modle: {} }, /modle.*model/s],
  ['an unknown inner key', { ...least, train: { epoch: 3 } }, /train.*epoch.*epochs/s],
  ['no data', { model: { network: 'mlp' } }, /data/],
  ['two models', { ...least, model: { network: 'mlp', file: 'a.onnx' } }, /either `network`/],
  [
    'features of a file',
    { ...least, model: { file: 'a.onnx', features: { kind: 'log-mel' } } },
    /model\.features.*fresh `network` only/s,
  ],
  [
    'unknown features',
    { ...least, model: { network: 'ds-cnn', features: { kind: 'mel' } } },
    /features\.kind.*log-mel or mfcc/s,
  ],
  ['half an epoch', { ...least, train: { epochs: 0.5 } }, /train\.epochs.*whole number/s],
  ['a site that is none', { ...least, noise: [{ at: 'inputs', kind: 'gaussian' }] }, /input/],
  [
    'a kind of another site',
    { ...least, noise: [{ at: 'input', kind: 'mixup' }] },
    /noise\[0\].*kind/s,
  ],
  [
    'a key of another site',
    { ...least, noise: [{ at: 'mix', kind: 'mixup', clip: [0, 1] }] },
    /clip/,
  ],
  [
    'a share above 1',
    { ...least, noise: [{ at: 'input', kind: 'gaussian', sigma: 0.1, share: 2 }] },
    /share.*from 0 to 1/s,
  ],
  [
    'a schedule misspelt',
    { ...least, optimizer: { learningRate: { cosin: [1, 0] } } },
    /learningRate.*cosine/s,
  ],
  ['a text for a number', { ...least, seed: 'one' }, /seed.*whole number.*"one"/s],
]

/** What is looked at in a JSON Schema. */
interface Schema {
  readonly anyOf: readonly Schema[]
  readonly properties: Readonly<Record<string, Schema>>
  readonly items: Schema
  readonly $defs: Readonly<Record<string, Schema>>
}

describe('a recipe', () => {
  it('is the one of the contract, with defaults filled in', () => {
    const recipe = checkRecipe(parseRecipe(contract))
    expect(recipe.noise).toHaveLength(5)
    expect(recipe.optimizer.beta2).toBe(0.999)
    expect(recipe.monitor.every).toBe('1ep')
  })

  it.each(refused)('refuses %s', (_name, recipe, words) => {
    expect(() => checkRecipe(recipe)).toThrow(UsageError)
    expect(() => checkRecipe(recipe)).toThrow(words)
  })

  it('names every noise of the table, and its JSON Schema too', () => {
    const schema = JSON.stringify(recipeJsonSchema())
    for (const { at, kind, levels } of allNoises()) {
      const entry = {
        at,
        kind,
        ...Object.fromEntries(Object.entries(levels).map(([n, f]) => [n, f.default])),
      }
      expect(() => checkRecipe({ ...least, noise: [entry] }), `${at} ${kind}`).not.toThrow()
      expect(schema).toContain(`"const":"${kind}"`)
    }
  })

  it('allows a search in place of any value but a const, in its JSON Schema', () => {
    const { properties, $defs } = recipeJsonSchema() as unknown as Schema
    const search = { $ref: '#/$defs/search' }
    const [train, second] = properties.train.anyOf
    expect([second, train.properties.epochs.anyOf[1]]).toEqual([search, search])
    const [list] = properties.noise.anyOf
    const [noises] = list.items.anyOf
    expect(list.items.anyOf[1]).toEqual(search)
    const [gaussian] = noises.anyOf
    expect(gaussian.properties.kind).toHaveProperty('const', 'gaussian')
    expect(gaussian.properties.sigma.anyOf.at(-1)).toEqual(search)
    const forms = $defs.search.properties.search.anyOf.map(form => Object.keys(form.properties)[0])
    expect(forms).toEqual(['from', 'choices', 'onOff'])
  })

  it('takes settings by path', () => {
    const changed = applyOverrides(
      { ...least, noise: [{ at: 'input', kind: 'gaussian', sigma: 0.1 }] },
      ['train.epochs=3', 'noise.0.sigma={ ramp: [0, 0.2] }', 'seed=7'],
    )
    const recipe = checkRecipe(changed)
    expect([recipe.train.epochs, recipe.seed, recipe.noise[0].sigma]).toEqual([
      3,
      7,
      { ramp: [0, 0.2] },
    ])
    expect(() => applyOverrides(least, ['train.epochs'])).toThrow(/path=value/)
    expect(() => applyOverrides(least, ['__proto__.x=1'])).toThrow(UsageError)
  })
})
