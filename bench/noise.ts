import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Key, keyOf } from '../src/base/index.js'
import { openKernels } from '../src/kernels/index.js'
import { noiseOf } from '../src/noise/index.js'

/**
 * Noise kernels against torch, numpy, SciPy and OpenCV on the same arrays, one thread, in alternating
 * blocks: `node bench/run.mjs noise [--rounds 15] [--only blur]`. Microseconds a call (median), and the
 * peer's time over ours (median of paired rounds; cpu is the processor's time, which a busy machine
 * disturbs less). Skipped where Debian's python3 is missing.
 */

const python = '/usr/bin/python3'
const size = 128 * 3072

function ourCases(): Record<string, (n: number) => void> {
  const kernels = openKernels({ bytes: 64 * 1024 ** 2 })
  const [x, y, out] = [0, 1, 2].map(() => kernels.alloc(size))
  kernels.uniform(x.fill(0.5), x, { halfWidth: 0.5 }, keyOf(0, 'x'))
  kernels.uniform(y.fill(0.5), y, { halfWidth: 0.5 }, keyOf(0, 'y'))
  const [waves, hiss, mixed] = [0, 1, 2].map(() => kernels.alloc(32 * 16000))
  for (const w of [waves, hiss]) kernels.normal(w, 1, keyOf(1, 'w'))
  const [large, larger] = [0, 1].map(() => new Float32Array(4 * 3 * 224 * 224).fill(0.5))
  kernels.normal(large.subarray(0, 16), 1, keyOf(2, 'l'))
  const key = (n: number): Key => ({ seed: [1, 2], stream: [n, 0] })
  const clip = { low: 0, high: 1 }
  return {
    gaussian: n => kernels.gaussian(x, out, { sigma: 0.1, ...clip }, key(n)),
    uniform: n => kernels.uniform(x, out, { halfWidth: 0.1, ...clip }, key(n)),
    laplace: n => kernels.laplace(x, out, { scale: 0.1, ...clip }, key(n)),
    salt_and_pepper: n =>
      kernels.replace(x, out, { lowShare: 0.025, highShare: 0.025, ...clip }, key(n)),
    speckle: n => kernels.speckle(x, out, { sigma: 0.1, ...clip }, key(n)),
    'poisson 25': n => kernels.poisson(x, out, { scale: 25, ...clip }, key(n)),
    mixup: () => kernels.lerp(x, y, out, 0.3),
    pink: n => eachWave(waves, mixed, 'pink', n),
    'white at snr, given noise': () => {
      kernels.addAtRatio(waves, hiss, mixed, { length: 16000, ratio: Math.sqrt(0.1) })
    },
    'blur 32 px': n => eachBlur(x, out, [3, 32, 32], 100, n),
    'blur 28 px': n => eachBlur(x, out, [1, 28, 28], 100, n),
    'blur 224 px': n => eachBlur(large, larger, [3, 224, 224], 4, n),
  }
}

function eachWave(x: Float32Array, out: Float32Array, kind: string, n: number): void {
  const noise = noiseOf('input', kind)
  for (let i = 0; i < 32; i++) {
    const [from, to] = [x, out].map(w => w.subarray(i * 16000, (i + 1) * 16000))
    noise.apply(from, to, { snr: 10 }, keyOf(n, 'wave', i), { shape: [16000], sampleRate: 16000 })
  }
}

/** One image after the other, as a data set gives them. */
function eachBlur(x: Float32Array, out: Float32Array, shape: number[], count: number, n: number) {
  const length = shape.reduce((a, b) => a * b)
  const noise = noiseOf('input', 'blur')
  for (let i = 0; i < count; i++) {
    const [from, to] = [x, out].map(a => a.subarray(i * length, (i + 1) * length))
    noise.apply(from, to, { sigma: 1 }, keyOf(n, 'bench', i), { shape, clip: [0, 1] })
  }
}

interface Time {
  wall: number
  cpu: number
}

function timeOf(run: (n: number) => void, repeats: number, round: number): Time {
  const wall = performance.now()
  const cpu = process.cpuUsage()
  for (let i = 0; i < repeats; i++) run(round * 1000 + i)
  const { user, system } = process.cpuUsage(cpu)
  return { wall: ((performance.now() - wall) * 1e3) / repeats, cpu: (user + system) / repeats }
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]

export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: 'string', default: '15' }, only: { type: 'string', default: '' } },
  })
  if (!existsSync(python)) return console.log(`Skipped: there is no ${python}.`)
  const peer = spawn(python, [fileURLToPath(new URL('./noise-peer.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]()
  const read = async () => JSON.parse((await lines.next()).value ?? '{"cases":[]}')
  const ours = ourCases()
  const { cases, versions } = await read()
  console.log(JSON.stringify(versions))
  const wanted = (cases as string[]).filter(name => name.includes(values.only))
  for (const name of wanted)
    await compare(ours[name.split(' / ')[0]], name, Number(values.rounds), peer.stdin, read)
  peer.stdin.end()
  await once(peer, 'exit')
}

async function compare(
  run: (n: number) => void,
  name: string,
  rounds: number,
  input: NodeJS.WritableStream,
  read: () => Promise<Time>,
) {
  for (let i = 0; i < 5; i++) timeOf(run, 20, i)
  const repeats = Math.max(1, Math.round(20_000 / timeOf(run, 3, 9).wall))
  const ask = async () => {
    input.write(`${JSON.stringify({ case: name, repeats })}\n`)
    return read()
  }
  await ask()
  const pairs: [Time, Time][] = []
  for (let round = 0; round < rounds; round++)
    pairs.push([timeOf(run, repeats, round), await ask()])
  const of = (side: 0 | 1, kind: keyof Time) => median(pairs.map(pair => pair[side][kind]))
  const ratio = (kind: keyof Time) => median(pairs.map(([a, b]) => b[kind] / a[kind])).toFixed(2)
  const times = `${of(0, 'cpu').toFixed(0).padStart(8)} us ${of(1, 'cpu').toFixed(0).padStart(8)} us`
  console.log(`${name.padEnd(40)}${times}   wall x${ratio('wall')}   cpu x${ratio('cpu')}`)
}
