import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Key, keyOf } from '../src/base/index.js'
import { openKernels } from '../src/kernels/index.js'
import { completeLevel, levelOfSeverity, noiseOf } from '../src/noise/index.js'

/**
 * Noise kernels and the corruptions of `cifar-c` against torch, numpy, scipy, OpenCV and scikit-image on
 * the same arrays, one thread, in alternating blocks: `node bench/run.mjs noise [--rounds 15] [--only
 * cifar-c]`. Microseconds a call (median), and the peer's time over ours (median of paired rounds; cpu is
 * the processor's time, which a busy machine disturbs less). Skipped where Debian's python3 is missing.
 */

const python = '/usr/bin/python3'
const shape = [3, 32, 32]
const size = 128 * 3072

function ourCases(): Record<string, (n: number) => void> {
  const kernels = openKernels({ bytes: 64 * 1024 ** 2 })
  const [x, y, out] = [0, 1, 2].map(() => kernels.alloc(size))
  kernels.uniform(x.fill(0.5), x, { halfWidth: 0.5 }, keyOf(0, 'x'))
  kernels.uniform(y.fill(0.5), y, { halfWidth: 0.5 }, keyOf(0, 'y'))
  const [waves, hiss, mixed] = [0, 1, 2].map(() => kernels.alloc(32 * 16000))
  for (const w of [waves, hiss]) kernels.normal(w, 1, keyOf(1, 'w'))
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
      for (let i = 0; i < 32; i++) {
        const [a, b, c] = [waves, hiss, mixed].map(w => w.subarray(i * 16000, (i + 1) * 16000))
        const gain = Math.sqrt(kernels.sumOfSquares(a) / (10 * kernels.sumOfSquares(b)))
        kernels.addScaled(a, b, c, gain)
      }
    },
    'blur 32 px': n => {
      for (let i = 0; i < 100; i++) applyTo(x, out, 'blur', { sigma: 1 }, n + i, i)
    },
  }
}

function eachWave(x: Float32Array, out: Float32Array, kind: string, n: number): void {
  const noise = noiseOf('input', kind)
  for (let i = 0; i < 32; i++) {
    const [from, to] = [x, out].map(w => w.subarray(i * 16000, (i + 1) * 16000))
    noise.apply(from, to, { snr: 10 }, keyOf(n, 'wave', i), { shape: [16000], sampleRate: 16000 })
  }
}

function applyTo(
  x: Float32Array,
  out: Float32Array,
  kind: string,
  level: Record<string, number>,
  n: number,
  i: number,
): void {
  const [from, to] = [x, out].map(a => a.subarray(i * 3072, (i + 1) * 3072))
  const noise = noiseOf('input', kind)
  noise.apply(from, to, level, keyOf(n, 'bench'), { shape, clip: [0, 1] })
}

function corruptionCase(kind: string): (n: number) => void {
  const x = Float32Array.from({ length: 3072 }, (_, i) => ((i * 2654435761) >>> 24) / 255)
  const out = new Float32Array(3072)
  const noise = noiseOf('input', kind)
  const level = completeLevel(noise, levelOfSeverity(noise, 'cifar-c', 3))
  return n => applyTo(x, out, kind, level, n, 0)
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
  const totals = { ours: 0, theirs: 0 }
  for (const name of wanted) {
    const own = name.split(' / ')[0]
    const run = ours[own] ?? corruptionCase(own.replace('cifar-c ', ''))
    const result = await compare(run, name, Number(values.rounds), peer.stdin, read)
    if (name.startsWith('cifar-c ')) {
      totals.ours += result.ours
      totals.theirs += result.theirs
    }
  }
  const { ours: mine, theirs } = totals
  if (mine)
    console.log(
      `cifar-c, 15 kinds: ${mine.toFixed(0)} us against ${theirs.toFixed(0)} us of cpu an image, ratio ${(theirs / mine).toFixed(2)}`,
    )
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
  return { ours: of(0, 'cpu'), theirs: of(1, 'cpu') }
}
