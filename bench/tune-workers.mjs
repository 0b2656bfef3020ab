// Trials an hour with two workers of one thread against one, in alternating blocks of one sitting.
// Run by `node bench/tune-workers.mjs [trials a block] [pairs]` after `npm run build`.
import { rmSync } from 'node:fs'
import { loadavg } from 'node:os'
import { tune } from '../dist/index.js'

const [trials = 12, pairs = 3] = process.argv.slice(2).map(Number)
const home = 'runs/bench-tune-workers'
const recipe = {
  model: { network: 'cnn' },
  data: { train: 'fashion-mnist:train', limit: 2000, validation: 0.2 },
  train: { epochs: 3, batch: 128 },
  optimizer: { learningRate: { search: { from: 3e-4, to: 3e-3, log: true } } },
  monitor: { samples: 400, every: '3ep' },
}

/** Trials an hour of one block: every trial whole, none again. */
async function rate(workers, seed) {
  rmSync(home, { recursive: true, force: true })
  let first
  const onEvent = ({ type, entry }) => {
    if (type === 'entry' && entry.type === 'trial') first ??= performance.now()
  }
  const plain = { stopping: 'none', sampler: 'halton', repeats: 1, threads: 1 }
  await tune({ recipe, trials, workers, seed, out: home, onEvent, ...plain })
  return (3600_000 * trials) / (performance.now() - first)
}

const ratios = []
for (let pair = 0; pair < pairs; pair++) {
  const load = loadavg()[0]
  const order = pair % 2 ? [2, 1] : [1, 2]
  const rates = {}
  for (const workers of order) rates[workers] = await rate(workers, pair)
  ratios.push(rates[2] / rates[1])
  const shown = [1, 2].map(workers => `${workers}: ${Math.round(rates[workers])}`).join(', ')
  console.log(
    `trials an hour by workers ${shown}; ratio ${ratios.at(-1).toFixed(2)} (load before ${load.toFixed(1)})`,
  )
}
ratios.sort((a, b) => a - b)
console.log(`median ratio ${ratios[Math.floor(ratios.length / 2)].toFixed(2)}`)
rmSync(home, { recursive: true, force: true })
