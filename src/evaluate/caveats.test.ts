import { expect, it } from 'vitest'
import { noises } from '../noise/index.js'
import { caveatsOf } from './caveats.js'

it('says once what a reader has to know of a noise, and nothing of the others', () => {
  const conditions = ['gaussian_noise', 'frost', 'frost'].map(kind => ({
    at: 'input' as const,
    kind,
  }))
  expect(caveatsOf(conditions)).toEqual([`frost: ${noises.input.frost.caveat}`])
})
