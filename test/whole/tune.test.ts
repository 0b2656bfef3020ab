/** `temper tune` as a person meets it: a small study from start to page, resumed, and its refusals. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { keyOf, Random } from '../../src/base/index.js'
import { newNetwork } from '../../src/networks/index.js'
import { writeModel } from '../../src/onnx/index.js'
import { checkRecipe } from '../../src/recipe/index.js'
import { readDocument, readJournal } from '../../src/record/index.js'
import type { Entry } from '../../src/tune/index.js'

/** A study starts a process a job; a busy machine takes its time over each. */
const patienceMs = 300_000

const main = resolve(import.meta.dirname, '../../dist/cli/main.js')
const folder = mkdtempSync(join(tmpdir(), 'temper-tune-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function temper(...args: string[]) {
  const env = { ...process.env, NO_COLOR: '1' }
  return spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: 'utf8', env })
}

const recipe = `
model: { network: mlp }
data: { train: table.csv, validation: 0.4 }
train: { epochs: 2, batch: 32 }
optimizer: { learningRate: { search: { from: 1e-3, to: 1e-2, log: true } } }
noise:
  - search: { onOff: { at: input, kind: gaussian, sigma: { search: { from: 0.05, to: 0.5 } } } }
monitor: { samples: 40 }
`

beforeAll(() => {
  const random = new Random(keyOf(1, 'test:tune'))
  const rows = Array.from({ length: 120 }, () => {
    const x = [random.normal(), random.normal(), random.normal()]
    return [...x.map(v => v.toFixed(3)), x[0] + x[1] > 0 ? 'yes' : 'no'].join(',')
  })
  writeFileSync(join(folder, 'table.csv'), `a,b,c,label\n${rows.join('\n')}\n`)
  writeFileSync(join(folder, 'recipe.yaml'), recipe)
  const model = newNetwork('mlp', { input: [3], classes: 2, seed: 1 })
  writeFileSync(join(folder, 'model.onnx'), writeModel(model))
})

const journal = (study: string) => readJournal<Entry>(join(folder, study, 'journal.jsonl'))

describe('a study from the command line', () => {
  it(
    'searches, writes what it found, goes on with more trials, and recommends a recipe',
    () => {
      const args = ['--workers', '2', '--engine', 'portable', '--repeats', '1']
      const first = temper('tune', 'recipe.yaml', '--trials', '2', ...args, '--out', 'study')
      expect(first.stderr + first.stdout).toContain('Recommended: trial')
      expect(first.status).toBe(0)
      const more = temper('tune', '--resume', 'study', '--trials', '3', '--json')
      expect(more.status).toBe(0)
      expect(JSON.parse(more.stdout)).toMatchObject({ schema: 'temper.study/1' })
      const study = readDocument(join(folder, 'study/study.json'), 'temper.study/1')
      expect(study.trials).toHaveLength(3)
      expect(study.notSearched!.length).toBeGreaterThan(3)
      expect(existsSync(join(folder, 'study/pareto.html'))).toBe(true)
      const best = readFileSync(join(folder, 'study/best.yaml'), 'utf8')
      expect(best).toMatch(/^# Trial \d of study [0-9a-f]{12}: the best mean of cleanAccuracy/)
      expect(parse(best)).toMatchObject({ train: { epochs: 2 }, monitor: { onOveruse: 'warn' } })
      expect(checkRecipe(parse(best)).train.batch).toBe(32)
      const parts = journal('study').filter(entry => entry.type === 'result')
      expect(new Set(parts.map(e => `${e.trial}/${e.rung}`)).size).toBe(parts.length)
    },
    patienceMs,
  )
})

const refusals: [name: string, args: string[], code: number, words: RegExp][] = [
  ['nothing to go by', [], 2, /a recipe, or --model FILE with --data DATA/],
  [
    'a recipe beside a model',
    ['recipe.yaml', '--model', 'model.onnx'],
    2,
    /--model: a recipe names/,
  ],
  ['no study to go on with', ['--resume', 'nowhere'], 2, /"nowhere" is no study/],
  [
    'a recipe beside a study',
    ['recipe.yaml', '--resume', 'study'],
    2,
    /goes on with its own settings/,
  ],
  [
    'measures nobody knows',
    ['recipe.yaml', '--objectives', 'cleanAcuracy'],
    2,
    /Did you mean cleanAccuracy/,
  ],
  [
    'a recipe without a search',
    ['recipe.yaml', '--set', 'optimizer.learningRate=0.1', '--set', 'noise=[]'],
    2,
    /leaves nothing open/,
  ],
  [
    'a level out of range',
    ['recipe.yaml', '--set', 'noise.0.search.onOff.sigma.search.from=-1'],
    2,
    /noise\[0\]\.sigma: expected a level from 0/,
  ],
  ['data that is not there', ['recipe.yaml', '--set', 'data.train=none.csv'], 3, /none\.csv/],
]

it.each(refusals)('refuses %s', (_, args, code, words) => {
  const out = args[0] === '--resume' ? [] : ['--out', 'refused']
  const { status, stderr } = temper('tune', ...args, '--engine', 'portable', ...out)
  expect(stderr).toMatch(words)
  expect(status).toBe(code)
  expect(existsSync(join(folder, 'refused'))).toBe(false)
})

it(
  'searches with the space that suits data and file when no recipe is given',
  () => {
    const args = ['--model', 'model.onnx', '--data', 'table.csv', '--epochs', '1', '--trials', '1']
    const { status, stderr } = temper(
      'tune',
      ...args,
      '--repeats',
      '1',
      '--engine',
      'portable',
      '--out',
      'suited',
    )
    expect(stderr).not.toContain('temper:')
    expect(status).toBe(0)
    const { space } = readDocument(join(folder, 'suited/study.json'), 'temper.study/1')
    expect(Object.keys(space)).toEqual(
      expect.arrayContaining([
        'input:gaussian',
        'input:gaussian.top',
        'mix:mixup',
        'weight:gaussian',
        'target:smoothing',
        'optimizer.learningRate',
      ]),
    )
  },
  patienceMs,
)
