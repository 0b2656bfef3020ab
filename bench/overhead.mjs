// What noise adds to training: the same epoch with Gaussian noise and mixup on every batch, and
// without, in alternating blocks, by processor time (data, noise, step and optimizer are all in it).
import { parseArgs } from 'node:util'
import { batches } from '../dist/data/index.js'
import { probeBlock } from '../dist/engine/index.js'
import { checkRecipe, resolveRecipe } from '../dist/recipe/index.js'
import { step } from '../dist/train/loop.js'
import { openMachinery } from '../dist/train/machinery.js'
import { cell, median } from './table.mjs'

const noise = [
  { at: 'input', kind: 'gaussian', sigma: 0.2, clip: [0, 1] },
  { at: 'mix', kind: 'mixup', alpha: 0.2 },
]

async function open(network, batch, isNoisy) {
  const recipe = checkRecipe({
    model: { network },
    data: { train: 'fashion-mnist:train', validation: 0.1 },
    train: { epochs: 1, batch },
    ...(isNoisy && { noise }),
  })
  const block = await probeBlock()
  const engine = block ? { column: 'blocked', block } : undefined
  const machine = { threads: 1, device: 'cpu' }
  const resolved = await resolveRecipe(recipe, { ...machine, engine })
  const state = { step: 0, epochLoss: { sum: 0, samples: 0 }, controls: {} }
  return trainer({ ...openMachinery(resolved, machine), resolved, state }, batch)
}

/** Runs a number of steps from where the last call ended: milliseconds of processor time a step. */
function trainer(parts, batch) {
  const { train, recipe } = parts.resolved
  const into = parts.workspace.samples
  let epoch = 0
  const begin = () => batches(train, { batch, order: 'shuffled', seed: recipe.seed, epoch, into })
  let source = begin()
  const next = async () => {
    const { value } = await source.next()
    if (value?.rows === batch) return value
    epoch++
    source = begin()
    return next()
  }
  return async steps => {
    const start = process.cpuUsage()
    for (let i = 0; i < steps; i++) await step(parts, await next(), epoch)
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1e3 / steps
  }
}

/** `node bench/overhead.mjs [--networks cnn,mlp] [--rounds 15] [--steps 40] [--batch 128]`, after `npm run build`. */
async function main() {
  const { values } = parseArgs({
    options: {
      networks: { type: 'string', default: 'cnn,mlp' },
      rounds: { type: 'string', default: '15' },
      steps: { type: 'string', default: '40' },
      batch: { type: 'string', default: '128' },
    },
  })
  const [rounds, steps, batch] = [values.rounds, values.steps, values.batch].map(Number)
  console.log(['ms a step', 'plain', 'noisy', 'ratio'].map(head => cell(head)).join(''))
  for (const name of values.networks.split(',')) {
    const sides = [await open(name, batch, false), await open(name, batch, true)]
    for (const side of sides) await side(steps)
    const times = [[], []]
    for (let round = 0; round < rounds; round++)
      for (const k of round % 2 ? [1, 0] : [0, 1]) times[k].push(await sides[k](steps))
    const ratio = median(times[1].map((t, i) => t / times[0][i]))
    console.log(`${cell(name)}${times.map(t => cell(median(t))).join('')}${cell(ratio, 3)}`)
  }
}

await main()
