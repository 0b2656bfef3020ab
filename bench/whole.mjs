// A whole training run beside PyTorch: five epochs of the two-layer CNN on Fashion-MNIST with
// Gaussian noise, mixup and a check under noise each epoch, start and data loading included.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { batches, openData } from '../dist/data/index.js'
import { suiteOf } from '../dist/evaluate/index.js'
import { cell, median } from './table.mjs'

const here = import.meta.dirname
const temper = resolve(here, '../dist/cli/main.js')

const recipe = epochs => ({
  model: { network: 'cnn' },
  data: { train: 'fashion-mnist:train', validation: 0.1 },
  optimizer: { kind: 'adam', learningRate: { cosine: [1e-3, 1e-5] } },
  train: { epochs, batch: 128 },
  noise: [
    { at: 'input', kind: 'gaussian', sigma: 0.2, clip: [0, 1] },
    { at: 'mix', kind: 'mixup', alpha: 0.2 },
  ],
  monitor: { suite: 'gaussian', every: '1ep', onOveruse: 'warn' },
})

/** `node bench/whole.mjs [--epochs 5] [--rounds 3] [--threads 1] [--python python3]`, after `npm run build`. */
async function main() {
  const { values } = parseArgs({
    options: {
      epochs: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      threads: { type: 'string', default: '1' },
      python: { type: 'string', default: 'python3' },
    },
  })
  const folder = mkdtempSync(join(tmpdir(), 'temper-whole-'))
  const data = await openData('fashion-mnist:train')
  await writeBytes(data, folder)
  const sigmas = await sigmasOf(data)
  writeFileSync(join(folder, 'recipe.yaml'), JSON.stringify(recipe(Number(values.epochs))))
  const torch = [join(here, 'whole-torch.py'), folder, values.epochs, values.threads, sigmas]
  const runs = [[], []]
  for (let round = 0; round < Number(values.rounds); round++)
    for (const side of round % 2 ? [1, 0] : [0, 1]) {
      const out = join(folder, `run-${round}`)
      const own = [temper, 'train', join(folder, 'recipe.yaml'), '--out', out]
      const flags = ['--threads', values.threads, '--quiet', '--json']
      runs[side].push(
        side
          ? await timed(values.python, torch, values)
          : await timed(process.execPath, [...own, ...flags], { ...values, out }),
      )
    }
  report(runs)
  rmSync(folder, { recursive: true })
}

/** The images as bytes, for the peer: the fastest there is to read. */
async function writeBytes(data, folder) {
  mkdirSync(folder, { recursive: true })
  const images = []
  for await (const { data: x } of batches(data, { batch: 1000 }))
    images.push(Uint8Array.from(x, v => Math.round(v * 255)))
  writeFileSync(join(folder, 'x.bin'), Buffer.concat(images))
  writeFileSync(join(folder, 'y.bin'), Uint8Array.from(data.labels))
}

/** The noise levels of the suite the checks use, each as often as it is drawn. */
async function sigmasOf(data) {
  const { conditions } = suiteOf('gaussian', data)
  return JSON.stringify(
    conditions.flatMap(c => new Array(c.draws ?? 1).fill(c.level.sigma ?? c.level)),
  )
}

/** Seconds by the clock and of processor time, of a process and its children; what it says of itself. */
function timed(command, args, { threads, out }) {
  return new Promise((done, fail) => {
    const start = performance.now()
    const env = { ...process.env, OMP_NUM_THREADS: threads, OPENBLAS_NUM_THREADS: threads }
    const child = spawn('/usr/bin/env', ['time', '-f', '%U %S', command, ...args], { env })
    let [said, spent] = ['', '']
    child.stdout.on('data', text => {
      said += text
    })
    child.stderr.on('data', text => {
      spent += text
    })
    child.on('close', code => {
      if (code !== 0) return fail(new Error(`${command} ended with ${code}: ${spent}`))
      const [user, system] = spent.trim().split('\n').at(-1).split(' ').map(Number)
      const wall = (performance.now() - start) / 1e3
      done({ wall, cpu: user + system, result: out ? lastCheck(out) : JSON.parse(said) })
    })
  })
}

function lastCheck(run) {
  const events = readFileSync(join(run, 'events.jsonl'), 'utf8').trim().split('\n').map(JSON.parse)
  const { clean, noisy } = events.filter(({ type }) => type === 'check').at(-1)
  return { clean: clean.accuracy, noisy: noisy.accuracy }
}

function report([own, peer]) {
  const ratios = key => own.map((run, i) => run[key] / peer[i][key])
  console.log(`load ${loadavg()[0].toFixed(1)}, others included`)
  console.log(['', 'clock s', 'processor s', 'clean', 'noisy'].map(h => cell(h)).join(''))
  for (const [name, runs] of [
    ['temper', own],
    ['torch', peer],
  ]) {
    const { clean, noisy } = runs.at(-1).result
    const times = ['wall', 'cpu'].map(key => cell(median(runs.map(run => run[key]))))
    console.log(`${cell(name)}${times.join('')}${cell(clean, 3)}${cell(noisy, 3)}`)
  }
  console.log(`${cell('ratio')}${['wall', 'cpu'].map(key => cell(median(ratios(key)))).join('')}`)
}

await main()
