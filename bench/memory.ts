import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { probeBlock } from '../src/engine/index.js'
import { described } from '../test/networks/described.js'
import { openTemper, openTorch, settings } from './sides.js'
import { cell } from './table.mjs'

/**
 * Memory of a training step on one thread, each side in a process of its own:
 * `node bench/run.mjs memory [--networks cnn,resnet8] [--python python3]`. MiB that the network and
 * ten steps add at most to a process that has its libraries loaded; and what of JavaScript's heap is
 * still there after 1,000 steps more.
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      networks: { type: 'string', default: 'mlp,cnn,lenet,resnet8,ds-cnn,cnn1d,transformer,gru' },
      python: { type: 'string', default: 'python3' },
      side: { type: 'string' },
      steps: { type: 'string', default: '1000' },
    },
  })
  if (values.side) return temperAlone(values.side, Number(values.steps))
  const heads = ['temper MiB', 'torch MiB', 'ratio', 'heap KiB']
  console.log(`${''.padEnd(13)}${heads.map(h => cell(h)).join('')}`)
  for (const name of values.networks.split(',')) {
    const own = inChild(name, values.steps)
    const peer = await ofTorch(name, values.python)
    const cells = [own.added, peer, own.added / peer, own.heap]
    console.log(`${name.padEnd(13)}${cells.map(c => cell(c)).join('')}`)
  }
}

interface Own {
  readonly added: number
  readonly heap: number
}

function inChild(name: string, steps: string): Own {
  const script = resolve(import.meta.dirname, 'run.mjs')
  const options = ['memory', '--side', name, '--steps', steps]
  const { stdout } = spawnSync(process.execPath, [script, ...options], { encoding: 'utf8' })
  return JSON.parse(stdout.trim().split('\n').at(-1)!)
}

const mebibytes = (field: 'VmHWM' | 'VmRSS') =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))![1]) /
  1024

/** Prints what the step of one network adds to this process. */
async function temperAlone(name: string, steps: number): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { graph, batch, classes } = settings[name]
  const network = described(graph(), batch, classes)
  const block = await probeBlock()
  collect()
  const before = mebibytes('VmRSS')
  const side = await openTemper(network, {
    threads: 1,
    lowering: block ? { column: 'blocked', block } : {},
  })
  await side.run(10)
  const added = mebibytes('VmHWM') - before
  await side.run(100)
  collect()
  const heap = process.memoryUsage().heapUsed
  await side.run(steps)
  collect()
  const growth = (process.memoryUsage().heapUsed - heap) / 1024
  console.log(JSON.stringify({ added, heap: growth }))
}

async function ofTorch(name: string, python: string): Promise<number> {
  const { graph, batch, classes } = settings[name]
  const side = await openTorch(described(graph(), batch, classes), 1, python)
  await side.run(10)
  const { peak, before } = await side.peak!()
  await side.close()
  return peak - before
}
