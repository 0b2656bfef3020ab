import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { keyOf } from '../src/base/index.js'
import {
  completeLevel,
  type InputNoise,
  type Level,
  levelOfSeverity,
  noiseOf,
} from '../src/noise/index.js'

/**
 * A whole pass of `cifar-c`, 15 kinds at 5 severities, over the same CIFAR-10 test images, beside the
 * published recipes in Python, one thread: `node bench/run.mjs noise-suite [--images 1000] [--data FILE] [--only blur]`.
 * The images are done in blocks of 100, the two sides in turn. Prints microseconds an image and kind
 * (processor time, mean of the severities) and how bright the results are, which must agree.
 */

const python = '/usr/bin/python3'
const size = 3072
const block = 100

export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      images: { type: 'string', default: '1000' },
      data: { type: 'string', default: '../shared/data/cifar10/test.bin' },
      only: { type: 'string', default: '' },
    },
  })
  if (!existsSync(python)) return console.log(`Skipped: there is no ${python}.`)
  if (!existsSync(values.data)) return console.log(`Skipped: there is no ${values.data} (--data).`)
  const count = Number(values.images)
  const script = fileURLToPath(new URL('./noise-suite-peer.py', import.meta.url))
  const peer = spawn(python, [script, values.data, String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]()
  const read = async () => JSON.parse((await lines.next()).value)
  const ask = (request: object) => {
    peer.stdin.write(`${JSON.stringify(request)}\n`)
    return read()
  }
  const { kinds, versions } = await read()
  console.log(JSON.stringify({ images: count, ...versions }))
  const images = readImages(values.data, count)
  const totals = { ours: 0, theirs: 0 }
  console.log('| kind | Temper, us an image | Python, us an image | times as fast | mean byte |')
  console.log('|---|---|---|---|---|')
  const wanted = (kinds as string[]).filter(kind => kind.includes(values.only))
  for (const kind of wanted) {
    const row = await compare(noiseOf('input', kind), images, ask)
    totals.ours += row.ours
    totals.theirs += row.theirs
    console.log(rowText(kind, row))
  }
  const { ours, theirs } = totals
  const [own, other] = [ours, theirs].map(total => total / wanted.length)
  console.log(rowText(`all ${wanted.length}`, { ours: own, theirs: other, means: [] }))
  console.log(
    `\nAll of it (${5 * wanted.length} conditions): ${((ours * 5 * count) / 1e6).toFixed(1)} s of processor time against ${((theirs * 5 * count) / 1e6).toFixed(1)} s.`,
  )
  peer.stdin.end()
  await once(peer, 'exit')
}

/** Images as `[channel, height, width]` in [0,1]. */
function readImages(path: string, count: number): Float32Array[] {
  const bytes = readFileSync(path)
  return Array.from({ length: count }, (_, i) =>
    Float32Array.from(bytes.subarray(i * 3073 + 1, (i + 1) * 3073), byte => byte / 255),
  )
}

interface Row {
  ours: number
  theirs: number
  means: number[]
}

async function compare(
  noise: InputNoise,
  images: Float32Array[],
  ask: (request: object) => Promise<{ cpu: number; mean: number }>,
): Promise<Row> {
  const row: Row = { ours: 0, theirs: 0, means: [0, 0] }
  const scale = 1 / (5 * images.length)
  for (let severity = 1; severity <= 5; severity++) {
    const level = completeLevel(noise, levelOfSeverity(noise, 'cifar-c', severity))
    row.means[0] += corrupt(noise, level, images.slice(0, block)).mean / 5
    for (let from = 0; from < images.length; from += block) {
      const own = corrupt(noise, level, images.slice(from, from + block))
      const other = await ask({ kind: noise.kind, severity, from, to: from + block })
      row.ours += own.cpu * scale
      row.theirs += other.cpu * scale
      if (from === 0) row.means[1] += other.mean / 5
    }
  }
  return row
}

/** Microseconds of processor time for all the images together, and their mean byte. */
function corrupt(noise: InputNoise, level: Level, images: Float32Array[]) {
  const outs = images.map(() => new Float32Array(size))
  const context = { shape: [3, 32, 32], clip: [0, 1] as const }
  const start = process.cpuUsage()
  for (const [i, image] of images.entries())
    noise.apply(image, outs[i], level, keyOf(0, noise.kind, i), context)
  const { user, system } = process.cpuUsage(start)
  const sum = outs.reduce((all, out) => out.reduce((a, b) => a + b, all), 0)
  return { cpu: user + system, mean: (255 * sum) / (outs.length * size) }
}

function rowText(kind: string, { ours, theirs, means }: Row): string {
  const brightness = means.map(mean => mean.toFixed(0)).join(' and ')
  return `| ${kind} | ${ours.toFixed(0)} | ${theirs.toFixed(0)} | ${(theirs / ours).toFixed(1)} | ${brightness} |`
}
