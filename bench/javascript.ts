import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { probeBlock } from '../src/engine/index.js'
import { described } from '../test/networks/described.js'
import { openJax } from './jax-side.js'
import { type Block, openTemper, type Runner, settings } from './sides.js'
import { cell } from './table.mjs'
import { openTensorFlow } from './tensorflow-side.js'

/**
 * One training step beside other libraries for JavaScript, on one thread, from the same weights on the
 * same batch: `node bench/run.mjs javascript [--networks mlp,cnn] [--rounds 3]`. Temper's step has Adam
 * in it, theirs plain gradient descent, which is less. Milliseconds of processor time (least block), how
 * many times Temper's that is, and the loss before the first and the second step.
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      networks: { type: 'string', default: 'mlp,cnn' },
      rounds: { type: 'string', default: '3' },
    },
  })
  const block = await probeBlock()
  console.log(`load ${loadavg()[0].toFixed(1)}, others included`)
  console.log(['', 'ms a step', 'times', 'loss 1', 'loss 2'].map(h => cell(h)).join(''))
  for (const name of values.networks.split(',')) {
    const { graph, batch, classes } = settings[name]
    const network = described(graph(), batch, classes)
    console.log(`${name}, batch ${batch}`)
    const sides: Record<string, Runner | string> = {
      temper: await openTemper(network, {
        threads: 1,
        lowering: block ? { column: 'blocked', block } : {},
      }),
      'jax-js': await openJax(network),
      tensorflow: await openTensorFlow(network),
    }
    await compare(sides, Number(values.rounds))
  }
}

async function compare(sides: Record<string, Runner | string>, rounds: number): Promise<void> {
  let own = 0
  for (const [name, side] of Object.entries(sides)) {
    if (typeof side === 'string') {
      console.log(`${cell(name)}  ${side}`)
      continue
    }
    const first = await side.run(1)
    const second = await side.run(1)
    const steps = Math.max(1, Math.round(400 / second.cpu))
    const blocks: Block[] = []
    for (let round = 0; round < rounds; round++) blocks.push(await side.run(steps))
    const least = Math.min(...blocks.map(({ cpu }) => cpu))
    own ||= least
    const cells = [least, least / own, first.loss, second.loss]
    console.log(`${cell(name)}${cells.map(value => cell(value)).join('')}`)
    await side.close()
  }
}
