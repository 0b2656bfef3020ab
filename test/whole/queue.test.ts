/** Work done by other processes over Redis gives what this one would. Skips where redis-server is missing. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { keyOf, Random } from '../../src/base/index.js'
import { newNetwork } from '../../src/networks/index.js'
import { writeModel } from '../../src/onnx/index.js'
import { contentHash } from '../../src/record/index.js'
import { startRedis } from '../support/redis.js'

const main = resolve(import.meta.dirname, '../../dist/cli/main.js')
const folder = mkdtempSync(join(tmpdir(), 'temper-far-'))
const redis = await startRedis()
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  redis?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Starts the command line; resolves with its end. */
function temper(...args: string[]) {
  const env = { ...process.env, NO_COLOR: '1', TEMPER_STUDY_KEY: 'a key of the test-suite' }
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env })
  children.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', text => {
      said += text
    })
  return new Promise<{ status: number | null; said: string; child: ChildProcess }>(done => {
    child.on('exit', status => done({ status, said, child }))
  })
}

/** Twelve pictures in a table of numbers, and a network for them. */
function prepare() {
  const random = new Random(keyOf(3, 'test:far'))
  const rows = Array.from({ length: 24 }, (_, i) =>
    [...Array.from({ length: 9 }, () => random.normal().toFixed(3)), i % 3].join(','),
  )
  const header = [...'abcdefghi', 'label'].join(',')
  writeFileSync(join(folder, 'table.csv'), `${header}\n${rows.join('\n')}\n`)
  const model = newNetwork('mlp', { input: [9], classes: 3, seed: 1 })
  writeFileSync(join(folder, 'model.onnx'), writeModel(model))
}

const document = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'))

describe.skipIf(!redis)('work over Redis', () => {
  it('certifies and measures to the same content as this machine alone', async () => {
    prepare()
    const common = ['model.onnx', '--data', 'table.csv', '--sigma', '0.4', '--n', '100', '--quiet']
    const url = redis?.url as string
    const worker = temper('worker', '--redis', url, '--data', 'table.csv')
    const far = await temper('certify', ...common, '--redis', url, '--out', 'far.json')
    expect(far.said).not.toMatch(/temper:/)
    expect(far.status).toBe(0)
    const near = await temper('certify', ...common, '--out', 'near.json')
    expect(near.status).toBe(0)
    expect(contentHash(document('far.json'))).toBe(contentHash(document('near.json')))
    const measuring = [
      'model.onnx',
      '--data',
      'table.csv',
      '--suite',
      'gaussian,weights',
      '--quiet',
    ]
    const measuredFar = await temper('eval', ...measuring, '--redis', url, '--out', 'far-card.json')
    expect(measuredFar.status).toBe(0)
    await temper('eval', ...measuring, '--out', 'near-card.json')
    expect(contentHash(document('far-card.json'))).toBe(contentHash(document('near-card.json')))
    children[0].kill('SIGTERM')
    expect((await worker).status).toBe(143)
  }, 120_000)

  it('searches with the same outcome as this machine alone, trials going on where others left off', async () => {
    const url = redis?.url as string
    const random = new Random(keyOf(4, 'test:far'))
    const rows = Array.from({ length: 160 }, (_, i) =>
      [...Array.from({ length: 4 }, () => (random.normal() + (i % 2)).toFixed(3)), i % 2].join(','),
    )
    writeFileSync(join(folder, 'blobs.csv'), `a,b,c,d,label\n${rows.join('\n')}\n`)
    const recipe = {
      model: { network: 'mlp' },
      data: { train: 'blobs.csv', validation: 0.25 },
      train: { epochs: 3, batch: 32 },
      noise: [
        { at: 'input', kind: 'gaussian', sigma: { search: { from: 0.01, to: 1, log: true } } },
      ],
    }
    writeFileSync(join(folder, 'search.yaml'), JSON.stringify(recipe))
    const search = ['search.yaml', '--trials', '3', '--sampler', 'random', '--stopping', 'halving']
    const common = ['tune', ...search, '--repeats', '1', '--engine', 'portable', '--quiet']
    const workers = [1, 2].map(() => temper('worker', '--redis', url, '--data', 'blobs.csv'))
    const far = await temper(...common, '--redis', url, '--out', 'far-study')
    expect(far.said).not.toMatch(/temper:/)
    expect(far.status).toBe(0)
    for (const child of children.slice(-3, -1)) child.kill('SIGTERM')
    await Promise.all(workers)
    await temper(...common, '--workers', '1', '--out', 'near-study')
    const [a, b] = ['far-study/study.json', 'near-study/study.json'].map(document)
    expect(a.trials).toEqual(b.trials)
    expect(a.best).toEqual(b.best)
  }, 240_000)

  it('refuses a worker whose data is not what the study is about', async () => {
    const url = redis?.url as string
    writeFileSync(join(folder, 'other.csv'), 'a,b,c,d,e,f,g,h,i,label\n1,2,3,4,5,6,7,8,9,0\n')
    const common = ['model.onnx', '--data', 'table.csv', '--sigma', '0.4', '--n', '100']
    const far = temper('certify', ...common, '--redis', url, '--out', 'again.json')
    const certifier = children.at(-1)
    const { status, said } = await temper('worker', '--redis', url, '--data', 'other.csv')
    expect(status).toBe(3)
    expect(said).toMatch(
      /the study needs the data table\.csv with content hash .* Give it with --data/,
    )
    certifier?.kill('SIGINT')
    const ended = await far
    expect(ended.status).toBe(130)
    expect(ended.said).toMatch(/The same command goes on/)
  }, 120_000)
})
