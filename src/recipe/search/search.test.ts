import { describe, expect, it } from 'vitest'
import { UsageError } from '../../base/index.js'
import { checkRecipe, checkSpace, fillRecipe, readSpace } from '../index.js'
import { corners } from './fill.js'

const base = { model: { network: 'mlp' }, data: { train: 'mnist:train' } }
const noisy = (sigma: unknown, more: object = {}) => ({
  ...base,
  noise: [{ at: 'input', kind: 'gaussian', sigma, ...more }],
})

describe('a space', () => {
  it('is read from the places of a recipe, noises by their names', () => {
    const { parameters } = readSpace({
      ...noisy(
        { search: { from: 0.01, to: 0.5, log: true } },
        { share: { search: { from: 0, to: 1, step: 0.25 } } },
      ),
      optimizer: { kind: { search: { choices: ['adam', 'sgd'] } } },
      train: { batch: { search: { from: 16, to: 64, integer: true } } },
    })
    expect(parameters.map(p => p.name)).toEqual([
      'input:gaussian.sigma',
      'input:gaussian.share',
      'optimizer.kind',
      'train.batch',
    ])
    expect(parameters[3].domain).toEqual({
      kind: 'range',
      from: 16,
      to: 64,
      log: false,
      integer: true,
      step: 1,
    })
  })

  it('holds parameters that exist only where a choice is taken', () => {
    const space = readSpace(
      noisy({
        search: {
          choices: { flat: 0.1, growing: { ramp: [0, { search: { from: 0.1, to: 0.4 } }] } },
        },
      }),
    )
    const [shape, top] = space.parameters
    expect(top).toMatchObject({
      name: 'input:gaussian.sigma.ramp[1]',
      when: { parameter: shape.name, is: 'growing' },
    })
    const filled = (point: object) =>
      (fillRecipe(space, point as never) as { noise: { sigma: unknown }[] }).noise[0].sigma
    expect(filled({ [shape.name]: 'flat' })).toBe(0.1)
    expect(filled({ [shape.name]: 'growing', [top.name]: 0.3 })).toEqual({ ramp: [0, 0.3] })
  })

  it('leaves out a noise that is off, with what is searched in it', () => {
    const onOff = {
      search: { onOff: { at: 'mix', kind: 'mixup', alpha: { search: { from: 0.1, to: 1 } } } },
    }
    const space = readSpace({
      ...base,
      noise: [onOff, { at: 'input', kind: 'gaussian', sigma: 0.1 }],
    })
    expect(space.parameters.map(p => p.name)).toEqual(['mix:mixup', 'mix:mixup.alpha'])
    const noise = (point: object) =>
      (fillRecipe(space, point as never) as { noise: object[] }).noise
    expect(noise({ 'mix:mixup': false })).toHaveLength(1)
    expect(noise({ 'mix:mixup': true, 'mix:mixup.alpha': 0.2 })[0]).toEqual({
      at: 'mix',
      kind: 'mixup',
      alpha: 0.2,
    })
    expect(corners(space)).toHaveLength(1 + 2 + 2)
  })

  it('gives complete recipes at every end', () => {
    const recipes = checkSpace(readSpace(noisy({ search: { from: 0.01, to: 0.5, log: true } })))
    expect(recipes.map(r => r.noise[0].sigma)).toEqual([
      expect.closeTo(Math.sqrt(0.005)),
      0.01,
      0.5,
    ])
  })
})

const refused: [name: string, recipe: object, words: RegExp][] = [
  ['an unknown key', noisy({ search: { form: 1, to: 2 } }), /"form".*Did you mean from/s],
  ['a form that is none', noisy({ search: { low: 1 } }), /expected a search/],
  [
    'bounds upside down',
    noisy({ search: { from: 0.5, to: 0.1 } }),
    /`from` below `to`, received from 0.5 to 0.1/,
  ],
  [
    'a logarithm of zero',
    noisy({ search: { from: 0, to: 0.1, log: true } }),
    /above 0 where `log`/,
  ],
  [
    'halves of whole numbers',
    noisy({ search: { from: 0.5, to: 2, integer: true } }),
    /whole numbers/,
  ],
  [
    'steps that miss the end',
    noisy({ search: { from: 0, to: 1, step: 0.3 } }),
    /whole number of steps/,
  ],
  [
    'steps of a logarithm',
    noisy({ search: { from: 1, to: 2, log: true, step: 1 } }),
    /either `log` or `step`/,
  ],
  ['one choice', noisy({ search: { choices: [0.1] } }), /at least two/],
  ['one choice by name', noisy({ search: { choices: { a: 0.1 } } }), /at least two/],
  ['equal choices', noisy({ search: { choices: [0.1, 0.1] } }), /no two alike/],
  ['a neighbour', noisy({ search: { from: 0, to: 1 }, log: true }), /"log" stands beside `search`/],
  [
    'other data',
    { ...base, data: { train: { search: { choices: ['a', 'b'] } } } },
    /could not be compared/,
  ],
  [
    'another suite',
    { ...base, monitor: { samples: { search: { from: 1, to: 9 } } } },
    /could not be compared/,
  ],
  [
    'the length',
    { ...base, train: { epochs: { search: { from: 1, to: 9, integer: true } } } },
    /what stopping shares out/,
  ],
  ['a seed', { ...base, seed: { search: { from: 0, to: 9, integer: true } } }, /luck/],
  [
    'one name twice',
    noisy(
      { search: { from: 0, to: 1, name: 'x' } },
      { share: { search: { from: 0, to: 1, name: 'x' } } },
    ),
    /two searches are called "x"/,
  ],
  [
    'an impossible end',
    noisy(0.1, { share: { search: { from: 0.5, to: 2 } } }),
    /with input:gaussian.share = 1.25.*share/s,
  ],
]

it.each(refused)('refuses %s', (_, recipe, words) => {
  const attempt = () => checkSpace(readSpace(recipe))
  expect(attempt).toThrow(UsageError)
  expect(attempt).toThrow(words)
})

it('tells one who trains a recipe with a search in it', () => {
  expect(() => checkRecipe(noisy({ search: { from: 0, to: 1 } }))).toThrow(/temper tune searches/)
})
