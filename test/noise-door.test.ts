import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const source = resolve(import.meta.dirname, '../src')

/** Every file that a door loads when it runs: types are gone by then. */
function loadedFrom(door: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const open = [door]
  while (open.length) {
    const file = open.pop() as string
    if (files.has(file)) continue
    files.add(file)
    const text = readFileSync(file, 'utf8').replace(/(import|export) type [^;]*? from '[^']+'/g, '')
    for (const [, target] of text.matchAll(/from '([^']+)'/g))
      if (target.startsWith('.')) open.push(join(dirname(file), target.replace(/\.js$/, '.ts')))
      else packages.add(target)
  }
  return { files, packages }
}

describe('onnx-temper/noise', () => {
  it('loads no engine and no module of Node, so that it runs in a browser', () => {
    const { files, packages } = loadedFrom(join(source, 'noise/index.ts'))
    expect(files.size).toBeGreaterThan(20)
    const rooms = new Set([...files].map(file => relative(source, file).split('/')[0]))
    expect([...rooms].sort()).toEqual(['base', 'kernels', 'noise'])
    expect([...packages].filter(name => name !== 'fft.js')).toEqual([])
  })
})
