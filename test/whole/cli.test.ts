/** The command line as a person meets it: bad input is refused with a sentence and its exit code. */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emptyGraph, type Graph, writeModel } from '../../src/onnx/index.js'

const main = resolve(import.meta.dirname, '../../dist/cli/main.js')
const folder = mkdtempSync(join(tmpdir(), 'temper-cli-'))
const at = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

function temper(...args: string[]) {
  if (!existsSync(main)) throw new Error('dist/ is not built: run npm run build first')
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  return { status, stdout, stderr }
}

function graphOf(parts: Partial<Graph>): Uint8Array {
  return writeModel({
    irVersion: 8,
    opsets: new Map([['', 17]]),
    producer: { name: 'test', version: '' },
    metadata: new Map(),
    graph: { ...emptyGraph('g'), ...parts },
  })
}

const value = (name: string, shape: (number | string)[]) => ({
  name,
  dtype: 'float32' as const,
  shape,
})

function twoInputs(): Uint8Array {
  const node = {
    name: 'add',
    op: 'Add',
    domain: '',
    inputs: ['a', 'b'],
    outputs: ['y'],
    attributes: {},
  }
  const shape = ['batch', 10]
  return graphOf({
    nodes: [node],
    inputs: [value('a', shape), value('b', shape)],
    outputs: [value('y', shape)],
  })
}

beforeAll(async () => {
  const made = temper(
    'new',
    'mlp',
    '--input',
    '1x28x28',
    '--classes',
    '10',
    '--out',
    at('mlp.onnx'),
  )
  expect(made.status, made.stderr).toBe(0)
  temper('new', 'mlp', '--input', '1x28x28', '--classes', '5', '--out', at('five.onnx'))
  writeFileSync(at('text.onnx'), 'this is no model')
  writeFileSync(at('cut.onnx'), readFileSync(at('mlp.onnx')).subarray(0, 5000))
  writeFileSync(at('two.onnx'), twoInputs())
  mkdirSync(at('empty'))
  for (const name of ['zero', 'one']) {
    mkdirSync(join(at('wide'), name), { recursive: true })
    const image = sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
    await image.png().toFile(join(at('wide'), name, 'a.png'))
  }
  const recipe = (noise: string) =>
    `model: { network: mlp }\ndata: { train: "mnist:train", limit: 100 }\nnoise: [${noise}]\n`
  writeFileSync(
    at('misspelt.yaml'),
    'model: { network: mlp }\ndata: { train: "mnist:train" }\ntrain: { epohcs: 3 }\n',
  )
  writeFileSync(at('negative.yaml'), recipe('{ at: input, kind: gaussian, sigma: -0.1 }'))
  writeFileSync(at('kind.yaml'), recipe('{ at: input, kind: gausian, sigma: 0.1 }'))
  writeFileSync(
    at('time.yaml'),
    recipe('{ at: input, kind: gaussian, sigma: { ramp: [0, 0.1], to: 3min } }'),
  )
})

/** What is typed, the exit code, and words the sentence must hold. */
const refusals: [name: string, args: string[], status: number, words: RegExp][] = [
  ['a missing file', ['eval', 'none.onnx', '--data', 'mnist:test'], 3, /none\.onnx/],
  ['a file that is no ONNX file', ['eval', 'text.onnx', '--data', 'mnist:test'], 3, /ONNX/],
  [
    'a truncated file',
    ['eval', 'cut.onnx', '--data', 'mnist:test'],
    3,
    /cut|truncated|ends|incomplete|whole/i,
  ],
  ['an unknown flag', ['eval', 'mlp.onnx', '--data', 'mnist:test', '--limt', '3'], 2, /--limit/],
  ['an unknown command', ['evaluate', 'mlp.onnx'], 2, /eval/],
  ['no data', ['eval', 'mlp.onnx'], 2, /--data/],
  ['nothing to harden on', ['harden', 'mlp.onnx'], 2, /--data/],
  [
    'a model that knows nothing, to be hardened',
    ['harden', 'mlp.onnx', '--data', 'mnist:train', '--limit', '300', '--test', 'mnist:test'],
    3,
    /most common class.*Likely causes/,
  ],
  ['an unknown file to inspect', ['inspect', 'none.onnx'], 3, /none\.onnx/],
  [
    'an input the model does not have',
    ['inspect', 'mlp.onnx', '--input', 'sr=16000'],
    3,
    /one of the model's inputs \(input\)/,
  ],
  ['a value without a name', ['inspect', 'mlp.onnx', '--input', '16000'], 2, /name=value/],
  ['unknown data', ['eval', 'mlp.onnx', '--data', 'mnits:test'], 3, /mnist/],
  [
    'an unknown suite',
    ['eval', 'mlp.onnx', '--data', 'mnist:test', '--suite', 'gausian'],
    2,
    /gaussian/,
  ],
  ['a misspelt recipe key', ['train', 'misspelt.yaml'], 2, /epohcs.*epochs/s],
  ['a negative sigma', ['train', 'negative.yaml'], 2, /noise\[0\]\.sigma.*-0\.1/s],
  ['an unknown noise', ['train', 'kind.yaml'], 2, /gausian.*gaussian/s],
  ['a wrong unit of time', ['train', 'time.yaml'], 2, /noise\[0\]\.sigma.*3min/s],
  ['a missing recipe', ['train', 'none.yaml'], 2, /none\.yaml/],
  ['labels out of range', ['eval', 'five.onnx', '--data', 'mnist:test'], 3, /10 classes/],
  ['images of another size', ['eval', 'mlp.onnx', '--data', 'wide'], 3, /28.*30|30.*28/s],
  ['an empty folder', ['eval', 'mlp.onnx', '--data', 'empty'], 3, /empty/],
  ['two inputs, none bound', ['eval', 'two.onnx', '--data', 'mnist:test'], 3, /--input/],
  ['a folder that is no run', ['resume', 'empty'], 3, /plan\.json/],
  [
    'a gate of an unknown measure',
    ['eval', 'mlp.onnx', '--data', 'mnist:test', '--fail-under', 'acc=1'],
    2,
    /cleanAccuracy/,
  ],
]

describe('temper refuses', () => {
  it.each(refusals)('%s', (_name, args, status, words) => {
    const before = readdirSync(folder)
    const result = temper(...args)
    expect(result.stderr).toMatch(words)
    expect(result.stderr).not.toMatch(/\bat .*\.js:\d+|internal:|undefined|\[object/)
    expect(result.status, result.stderr).toBe(status)
    expect(readdirSync(folder), 'nothing is written').toEqual(before)
  })
})

/** Starts a command and interrupts it once its output says so. */
function interrupted(
  args: string[],
  when: RegExp,
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  })
  let stderr = ''
  let sent = false
  child.stderr.on('data', chunk => {
    stderr += chunk
    if (sent || !when.test(stderr)) return
    sent = true
    child.kill('SIGINT')
  })
  return new Promise(done => child.on('close', code => done({ code, stderr })))
}

const hashOf = (file: string) =>
  createHash('sha256')
    .update(readFileSync(at(file)))
    .digest('hex')

describe('Ctrl-C', () => {
  it('saves, says how to go on, and the resumed run ends in the same bits', async () => {
    const recipe = {
      model: { network: 'mlp' },
      data: { train: 'mnist:train', limit: 2000 },
      train: { epochs: 6 },
    }
    writeFileSync(at('long.json'), JSON.stringify(recipe))
    const args = ['train', 'long.json', '--threads', '1']
    expect(temper(...args, '--out', 'whole').status).toBe(0)
    const cut = await interrupted([...args, '--out', 'cut'], /epoch 2/)
    expect(cut.code, cut.stderr).toBe(130)
    expect(cut.stderr).toMatch(/temper resume cut/)
    expect(existsSync(at('cut/model.onnx'))).toBe(false)
    const resumed = temper('resume', 'cut')
    expect(resumed.status, resumed.stderr).toBe(0)
    expect(hashOf('cut/model.onnx')).toBe(hashOf('whole/model.onnx'))
  })
})

describe('temper', () => {
  it('prints help, version and lists', () => {
    expect(temper('--help').stdout).toMatch(/eval[\s\S]*train[\s\S]*Start here/)
    expect(temper('--version').stdout).toMatch(/^\d+\.\d+\.\d+/)
    expect(temper('list', 'noises').stdout).toMatch(/gaussian/)
  })

  it('measures, gates and prints one JSON document', () => {
    const args = ['eval', 'mlp.onnx', '--data', 'mnist:test', '--limit', '200']
    const { status, stdout, stderr } = temper(
      ...args,
      '--json',
      '--fail-under',
      'cleanAccuracy=0.9',
    )
    expect(status, stderr).toBe(4)
    const card = JSON.parse(stdout)
    expect(card.schema).toBe('temper.scorecard/1')
    expect(card.conditions).toHaveLength(5)
    expect(card.conditions[0].clip).toEqual([0, 1])
    expect(stderr).toMatch(/near chance/)
  })

  it('says in words how a model is fed by the file beside it', () => {
    mkdirSync(at('beside'))
    writeFileSync(at('beside/mlp.onnx'), readFileSync(at('mlp.onnx')))
    const config = {
      do_resize: true,
      size: { shortest_edge: 32 },
      crop_size: { height: 28, width: 28 },
    }
    const settings = { ...config, do_center_crop: true, do_rescale: true, rescale_factor: 1 / 255 }
    writeFileSync(at('beside/preprocessor_config.json'), JSON.stringify(settings))
    const { stdout } = temper('inspect', 'beside/mlp.onnx')
    expect(stdout).toMatch(/preprocess .*resize crop, shortestEdge 32.*preprocessor_config\.json/)
    expect(stdout).not.toMatch(/object Object/)
  })

  it('notices preprocessing that is not what the model was trained with', () => {
    writeFileSync(at('scale.yaml'), 'scale: 255\n')
    const args = ['--data', 'mnist:test', '--limit', '100', '--preprocess', 'scale.yaml']
    const { stderr } = temper('eval', 'whole/model.onnx', ...args)
    expect(stderr).toMatch(/fed other numbers than it saw.*scale 1.*scale 255/s)
  })
})
