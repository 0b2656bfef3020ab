import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/** The floors, from the ground up; a room imports only rooms on lower floors, through their doors. */
const floors = [
  ['base'],
  ['onnx', 'kernels', 'schedule', 'metrics', 'record', 'chart', 'supervise'],
  ['autodiff', 'lowering', 'engine', 'noise', 'monitor', 'networks', 'page'],
  ['data', 'model'],
  ['gradients'],
  ['evaluate', 'certify', 'recipe', 'preview', 'estimate'],
  ['train'],
  ['jobs'],
  ['tune', 'report', 'dashboard'],
  ['cli', 'index.ts'],
]

const source = resolve(import.meta.dirname, '../src')
const files = listFiles(source).filter(f => f.endsWith('.ts') && !f.includes('kernels/assembly'))
const code = files.filter(f => !f.endsWith('.test.ts') && !f.endsWith('generated.ts'))

function listFiles(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? listFiles(path) : [path]
  })
}

const roomOf = (path: string) => relative(source, path).split('/')[0]
const floorOf = (room: string) => floors.findIndex(rooms => rooms.includes(room))

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(match => match[1])
}

describe('the house', () => {
  it('has every room on a floor, with a door and a README of at most 25 lines', () => {
    for (const room of readdirSync(source).filter(r => statSync(join(source, r)).isDirectory())) {
      expect(floorOf(room), `${room} is on no floor`).toBeGreaterThanOrEqual(0)
      if (room !== 'cli')
        expect(existsSync(join(source, room, 'index.ts')), `${room} has no index.ts`).toBe(true)
      const readme = join(source, room, 'README.md')
      expect(existsSync(readme), `${room} has no README.md`).toBe(true)
      expect(readFileSync(readme, 'utf8').split('\n').length).toBeLessThanOrEqual(26)
    }
  })

  it('has arrows only downward, and only through doors', () => {
    const wrong: string[] = []
    for (const file of code)
      for (const target of importsOf(file).filter(t => t.startsWith('.'))) {
        const path = resolve(dirname(file), target)
        const [from, to] = [roomOf(file), roomOf(path)]
        if (from === to) continue
        const enters = path.endsWith('/index.js') && relative(source, path).split('/').length === 2
        if (floorOf(to) >= floorOf(from) || !enters)
          wrong.push(
            `${relative(source, file)} (floor ${floorOf(from)}) -> ${relative(source, path)} (floor ${floorOf(to)})`,
          )
      }
    expect(wrong).toEqual([])
  })

  it('has no ambient randomness and no clock outside base/clock.ts', () => {
    const wrong = code.filter(f => /Math\.random|Date\.now/.test(readFileSync(f, 'utf8')))
    expect(wrong).toEqual([])
  })

  it('lets one room alone import the runtime', () => {
    const importers = code.filter(f => importsOf(f).some(t => t.startsWith('onnxruntime')))
    expect([...new Set(importers.map(roomOf))].filter(r => r !== 'engine')).toEqual([])
  })

  it('keeps files under 400 lines', () => {
    const long = code.filter(f => readFileSync(f, 'utf8').split('\n').length > 400)
    expect(long.map(f => relative(source, f))).toEqual([])
  })
})
