import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { probeBlock } from '../src/engine/index.js'
import { described } from '../test/networks/described.js'
import { openTemper, settings } from './sides.js'
import { cell, median } from './table.mjs'

/**
 * Threads within each operator against sessions of one thread that share the batch, in alternating
 * blocks: `node bench/run.mjs sharing [--networks cnn,mlp] [--batch 128] [--threads 2] [--rounds 7]`,
 * after `npm run build`. Milliseconds a step by the clock (medians), and the median of paired ratios.
 * Networks with batch statistics, which no batch may share in training, are left out.
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      networks: { type: 'string', default: 'mlp,cnn,lenet,transformer,gru' },
      batch: { type: 'string' },
      threads: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '7' },
    },
  })
  const block = await probeBlock()
  const lowering = block ? ({ column: 'blocked', block } as const) : {}
  const threads = Number(values.threads)
  console.log(cpus()[0].model)
  const heads = ['batch', '1 thread', 'threads', 'sessions', 'ratio', 'chosen']
  console.log(`${''.padEnd(13)}${heads.map(h => cell(h)).join('')}`)
  for (const name of values.networks.split(',')) {
    const { graph, batch, classes } = settings[name]
    const network = described(graph(), Number(values.batch ?? batch), classes)
    const sides = [
      await openTemper(network, { lowering, threads: 1, sessions: 1 }),
      await openTemper(network, { lowering, threads, sessions: 1 }),
      await openTemper(network, { lowering, threads, sessions: threads }),
    ]
    const chosen = await openTemper(network, { lowering, threads })
    await chosen.close()
    for (const side of sides) await side.run(2)
    const steps = Math.max(2, Math.round(300 / (await sides[0].run(2)).wall))
    const times: number[][] = [[], [], []]
    for (let round = 0; round < Number(values.rounds); round++)
      for (const i of round % 2 ? [2, 1, 0] : [0, 1, 2])
        times[i].push((await sides[i].run(steps)).wall)
    for (const side of sides) await side.close()
    const ratio = median(times[2].map((time, round) => time / times[1][round]))
    const cells = [...times.map(median), ratio].map(value => cell(value)).join('')
    const size = cell(`${network.input[0]}`)
    console.log(`${name.padEnd(13)}${size}${cells}${cell(`${chosen.sessions}`)}`)
  }
}
