import { expect, it } from 'vitest'
import { distinctlyNamed, type Source } from './reporting.js'

it('sources of one name are called by their file, or their path', () => {
  const named = (name: string) => ({ name }) as Source
  const names = (...given: [name: string, path: string][]) =>
    distinctlyNamed(
      given.map(([name]) => named(name)),
      given.map(([, path]) => path),
    ).map(({ name }) => name)
  const other = ['other.onnx', 'c.json'] as [string, string]
  expect(names(['model.onnx', 'a/plain.json'], ['model.onnx', 'b/noisy.json'], other)).toEqual([
    'plain',
    'noisy',
    'other.onnx',
  ])
  expect(names(['first', 'a/first'], ['first', 'b/first'])).toEqual(['a/first', 'b/first'])
})
