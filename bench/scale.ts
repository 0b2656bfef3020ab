import { parseArgs } from 'node:util'
import { batches, first, openData } from '../src/data/index.js'
import { probeBlock } from '../src/engine/index.js'
import type { LoweringOptions } from '../src/lowering/index.js'
import { newNetwork } from '../src/networks/index.js'
import { conv, dense, globalAverage, Net, relu } from '../src/networks/layers.js'
import { described } from '../test/networks/described.js'
import { openTemper } from './sides.js'
import { cell } from './table.mjs'

/**
 * How the cost grows, one thread: `node bench/run.mjs scale [--rounds 5] [--only batch,width]`.
 * Least processor time of a step (batch, width, depth) or of feeding an epoch (data set length), and
 * between neighbours the exponent e of cost ~ size^e; the last column is the exponent fitted to all.
 */

type Cost = (size: number) => Promise<number>

const batchesTried = [8, 16, 32, 64, 128, 256, 512, 1024]

let lowering: LoweringOptions = {}

async function stepCost(network: ReturnType<typeof described>, rounds: number): Promise<number> {
  const side = await openTemper(network, { threads: 1, lowering })
  const { cpu } = await side.run(2)
  const steps = Math.max(1, Math.round(150 / cpu))
  const times: number[] = []
  for (let n = 0; n < rounds; n++) times.push((await side.run(steps)).cpu)
  await side.close()
  return Math.min(...times)
}

/** `depth` convolutions 3 x 3 of `width` channels on 16 x 16, their mean and a dense layer. */
function plain(width: number, depth: number) {
  const net = new Net('plain', 0)
  let x = net.input([3, 16, 16])
  for (let n = 0; n < depth; n++)
    x = relu(net, conv(net, x, `conv${n}`, { channels: width, kernel: [3, 3] }))
  net.output(dense(net, globalAverage(net, x), 'fc', 10))
  return described(net.graph, 32, 10)
}

const ofNetwork = (kind: 'mlp' | 'cnn', input: number[], batch: number) =>
  described(newNetwork(kind, { input, classes: 10, seed: 0 }).graph, batch, 10)

function studies(rounds: number): Record<string, { sizes: number[]; cost: Cost }> {
  return {
    'mlp, batch': {
      sizes: batchesTried,
      cost: size => stepCost(ofNetwork('mlp', [784], size), rounds),
    },
    'cnn, batch': {
      sizes: batchesTried,
      cost: size => stepCost(ofNetwork('cnn', [1, 28, 28], size), rounds),
    },
    'width (channels)': {
      sizes: [8, 16, 32, 64, 128],
      cost: size => stepCost(plain(size, 4), rounds),
    },
    'depth (layers)': {
      sizes: [1, 2, 4, 8, 16, 32],
      cost: size => stepCost(plain(32, size), rounds),
    },
    'data set length': { sizes: [1875, 3750, 7500, 15_000, 30_000, 60_000], cost: epochCost },
  }
}

/** Milliseconds of processor time to shuffle and feed one epoch. */
async function epochCost(length: number): Promise<number> {
  const data = first(await openData('fashion-mnist:train'), length)
  const times: number[] = []
  for (let epoch = 0; epoch < 3; epoch++) {
    const start = process.cpuUsage()
    for await (const _ of batches(data, { batch: 128, order: 'shuffled', epoch }));
    const { user, system } = process.cpuUsage(start)
    times.push((user + system) / 1e3)
  }
  return Math.min(...times)
}

/** Least squares in the logarithms. */
function exponent(sizes: readonly number[], costs: readonly number[]): number {
  const [x, y] = [sizes.map(Math.log), costs.map(Math.log)]
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
  const [mx, my] = [mean(x), mean(y)]
  const over = x.reduce((sum, v, i) => sum + (v - mx) * (y[i] - my), 0)
  return over / x.reduce((sum, v) => sum + (v - mx) ** 2, 0)
}

export async function main(args: string[]): Promise<void> {
  const options = { rounds: { type: 'string', default: '5' }, only: { type: 'string' } } as const
  const { values } = parseArgs({ args, options })
  const block = await probeBlock()
  if (block) lowering = { column: 'blocked', block }
  for (const [name, { sizes, cost }] of Object.entries(studies(Number(values.rounds)))) {
    if (values.only && !values.only.split(',').some(part => name.includes(part))) continue
    const costs: number[] = []
    for (const size of sizes) costs.push(await cost(size))
    const local = costs.map((c, i) =>
      i ? exponent(sizes.slice(i - 1, i + 1), [costs[i - 1], c]) : Number.NaN,
    )
    console.log(`${name}: fitted exponent ${exponent(sizes, costs).toFixed(2)}`)
    console.log(`  size    ${sizes.map(s => cell(`${s}`)).join('')}`)
    console.log(`  ms      ${costs.map(c => cell(c)).join('')}`)
    console.log(`  exponent${local.map((e, i) => cell(i ? e : '')).join('')}`)
  }
}
