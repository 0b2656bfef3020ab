import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { probeBlock } from '../src/engine/index.js'
import type { LoweringOptions } from '../src/lowering/index.js'
import { described } from '../test/networks/described.js'
import { type Block, openTemper, openTorch, type Runner, settings } from './sides.js'
import { cell, median } from './table.mjs'

/**
 * One training step (forward, backward, Adam) of Temper and of PyTorch, in alternating blocks:
 * `node bench/run.mjs step [--networks cnn,mlp] [--threads 1,2] [--rounds 9] [--block 400]
 * [--engine portable|fast] [--sessions N] [--foreign 0.5] [--python python3]`, after `npm run build`.
 * Milliseconds a step; ratios Temper / PyTorch of paired rounds, medians. A round counts where other
 * processes used at most `--foreign` cores; where fewer than three do, all count (marked *).
 */

interface Options {
  readonly threads: number
  /** Sessions that share a batch. Default: what a plan would choose. */
  readonly sessions?: number
  readonly rounds: number
  readonly block: number
  readonly foreign: number
  readonly lowering: LoweringOptions
  readonly python: string
}

interface Round {
  readonly blocks: readonly [Block, Block]
  /** Cores that other processes used meanwhile. */
  readonly foreign: number
}

async function measure(name: string, options: Options): Promise<string> {
  const { graph, batch, classes } = settings[name]
  const network = described(graph(), batch, classes)
  const sides: [Runner, Runner] = [
    await openTemper(network, options),
    await openTorch(network, options.threads, options.python),
  ]
  const difference = worst(await sides[0].gradients(), await sides[1].gradients())
  const first = [await sides[0].run(1), await sides[1].run(1)]
  const warm = [await sides[0].run(3), await sides[1].run(3)]
  const steps = Math.max(1, Math.round(options.block / Math.max(...warm.map(w => w.wall))))
  const rounds: Round[] = []
  for (let n = 0; n < options.rounds; n++) rounds.push(await round(sides, steps, n % 2 === 1))
  for (const side of sides) await side.close()
  const losses = Math.abs(first[0].loss - first[1].loss)
  return `${line(name, batch, rounds, options.foreign)}${difference}${cell(losses.toExponential(0))}`
}

async function round(sides: readonly Runner[], steps: number, reversed: boolean): Promise<Round> {
  const [clock, busy] = [performance.now(), busySeconds()]
  const blocks: Block[] = []
  for (const side of reversed ? [1, 0] : [0, 1]) blocks[side] = await sides[side].run(steps)
  const seconds = (performance.now() - clock) / 1e3
  const own = blocks.reduce((sum, { cpu }) => sum + (cpu * steps) / 1e3, 0)
  return { blocks: [blocks[0], blocks[1]], foreign: (busySeconds() - busy - own) / seconds }
}

/** Processor seconds that all processes of this machine have used; NaN where it does not tell. */
function busySeconds(): number {
  try {
    const [user, nice, system, , , irq, soft] = readFileSync('/proc/stat', 'utf8')
      .split('\n')[0]
      .split(/\s+/)
      .slice(1)
      .map(Number)
    return (user + nice + system + irq + soft) / 100
  } catch {
    return Number.NaN
  }
}

/** The largest |difference| / |wanted| of a tensor; one that vanishes beside the others is rounding alone. */
function worst(own: Map<string, Float32Array>, wanted: Map<string, Float32Array>): string {
  const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0))
  const largest = Math.max(...[...wanted.values()].map(norm))
  const each = [...wanted].map(([name, values]) => {
    const found = own.get(name)!
    return norm(values.map((v, i) => v - found[i])) / Math.max(norm(values), 1e-4 * largest)
  })
  return cell(Math.max(...each).toExponential(0))
}

function line(name: string, batch: number, all: readonly Round[], limit: number): string {
  const quiet = all.filter(({ foreign }) => foreign <= limit)
  const used = quiet.length >= 3 ? quiet : all
  const ratios = (key: 'wall' | 'cpu') =>
    median(used.map(({ blocks: [own, peer] }) => own[key] / peer[key]))
  const least = (side: 0 | 1) => Math.min(...used.map(({ blocks }) => blocks[side].cpu))
  const cells = [
    median(used.map(({ blocks }) => blocks[0].wall)),
    median(used.map(({ blocks }) => blocks[1].wall)),
    ratios('wall'),
    ratios('cpu'),
    least(0) / least(1),
    median(used.map(({ foreign }) => foreign)),
  ]
  const count = `${used.length}${used === all && quiet.length < all.length ? '*' : ''}`
  return `${name.padEnd(13)}${cell(`${batch}`)}${cells.map(c => cell(c)).join('')}${cell(count)}`
}

export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      networks: { type: 'string', default: Object.keys(settings).join(',') },
      threads: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '9' },
      block: { type: 'string', default: '400' },
      engine: { type: 'string', default: 'fast' },
      sessions: { type: 'string' },
      foreign: { type: 'string', default: '0.5' },
      python: { type: 'string', default: 'python3' },
    },
  })
  const size = values.engine === 'portable' ? undefined : await probeBlock()
  const lowering: LoweringOptions = size ? { column: 'blocked', block: size } : {}
  const [rounds, block, foreign] = [values.rounds, values.block, values.foreign].map(Number)
  console.log(`${cpus()[0].model}, ${availableParallelism()} cores, engine ${values.engine}`)
  for (const threads of values.threads.split(',').map(Number)) {
    const heads = [
      'batch',
      'temper ms',
      'torch ms',
      'wall',
      'cpu',
      'least cpu',
      'foreign',
      'rounds',
    ]
    const last = ['gradients', 'losses']
    const head = [...heads, ...last].map(h => cell(h)).join('')
    console.log(`${`${threads} thread(s)`.padEnd(13)}${head}`)
    const sessions = values.sessions === undefined ? undefined : Number(values.sessions)
    const options = { threads, sessions, rounds, block, foreign, lowering, python: values.python }
    for (const name of values.networks.split(',')) console.log(await measure(name, options))
  }
}
