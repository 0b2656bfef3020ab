// What the checks of a training run cost, seen within the run: processor time between the last step of an
// epoch and the first of the next with a check between them, less the same without one (a run beside it),
// over all the rest of the run. Whole runs one after the other would compare the machine's moods.
//   node bench/monitor.mjs [--networks cnn,mlp] [--rounds 5] [--images 20000] [--epochs 10]
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { train } from '../dist/index.js'

const { values } = parseArgs({
  options: {
    networks: { type: 'string', default: 'cnn,mlp' },
    rounds: { type: 'string', default: '5' },
    images: { type: 'string', default: '20000' },
    epochs: { type: 'string', default: '10' },
  },
})
const [rounds, images, epochs] = [values.rounds, values.images, values.epochs].map(Number)
const median = numbers => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
const sum = numbers => numbers.reduce((a, b) => a + b, 0)

function processorMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e3
}

/** Milliseconds from step to step of one run: where an epoch ends, and elsewhere. */
async function gapsOf(network, monitor) {
  const out = mkdtempSync(join(tmpdir(), 'temper-bench-'))
  const recipe = {
    model: { network },
    data: { train: 'fashion-mnist:train', limit: images, validation: 0.1 },
    optimizer: { learningRate: { cosine: [1e-3, 1e-5] } },
    // A checkpoint is no part of a check; the only one is written at the end.
    train: { epochs, batch: 128, checkpointEvery: `${epochs}ep` },
    noise: [{ at: 'input', kind: 'gaussian', sigma: { uniform: [0, 0.3] } }],
    monitor,
    seed: 0,
  }
  const gaps = { ends: [], steps: [] }
  let [last, isEnd] = [undefined, false]
  const onEvent = ({ type }) => {
    if (type === 'epoch') isEnd = true
    if (type !== 'progress') return
    const now = processorMs()
    if (last !== undefined) gaps[isEnd ? 'ends' : 'steps'].push(now - last)
    last = now
    isEnd = false
  }
  await train({ recipe, out: join(out, 'run'), threads: 1, onEvent })
  rmSync(out, { recursive: true })
  return gaps
}

console.log(`${cpus().length} x ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}`)
for (const network of values.networks.split(',')) {
  const shares = { all: [], warm: [] }
  for (let round = 0; round < rounds; round++) {
    const without = median((await gapsOf(network, { every: `${epochs}ep` })).ends)
    const { ends, steps } = await gapsOf(network, {})
    const costs = ends.map(gap => gap - without)
    const training = sum(steps) + without * ends.length
    shares.all.push(sum(costs) / training)
    shares.warm.push((median(costs) * ends.length) / training)
    console.log(
      `${network}  ${ends.length} checks in ${((sum(costs) + training) / 1e3).toFixed(1)} s: the first ${costs[0].toFixed(0)} ms, the median ${median(costs).toFixed(1)} ms; of the training ${(100 * shares.all.at(-1)).toFixed(1)} %, ${(100 * shares.warm.at(-1)).toFixed(1)} % if all were as the median`,
    )
  }
  const percent = numbers => (100 * median(numbers)).toFixed(1)
  console.log(`${network}  median ${percent(shares.all)} %, ${percent(shares.warm)} % once warm`)
}
