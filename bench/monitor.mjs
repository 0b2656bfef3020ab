// What the checks of a training run cost: processor time of a run with the default monitor over that of
// the same run with one check, at its end; pairs in alternating order.
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

/** Seconds of processor time of one run, and its checks. */
async function run(network, monitor) {
  const out = mkdtempSync(join(tmpdir(), 'temper-bench-'))
  const recipe = {
    model: { network },
    data: { train: 'fashion-mnist:train', limit: images, validation: 0.1 },
    optimizer: { learningRate: { cosine: [1e-3, 1e-5] } },
    train: { epochs, batch: 128 },
    noise: [{ at: 'input', kind: 'gaussian', sigma: { uniform: [0, 0.3] } }],
    monitor,
    seed: 0,
  }
  let checks = 0
  const onEvent = ({ type }) => {
    if (type === 'check') checks++
  }
  const before = process.cpuUsage()
  await train({ recipe, out: join(out, 'run'), threads: 1, onEvent })
  const { user, system } = process.cpuUsage(before)
  rmSync(out, { recursive: true })
  return { seconds: (user + system) / 1e6, checks }
}

const median = numbers => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
console.log(`${cpus().length} x ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}`)
for (const network of values.networks.split(',')) {
  const [ratios, all] = [[], { usual: [], once: [] }]
  for (let round = 0; round < rounds; round++) {
    const atEnd = { every: `${epochs}ep` }
    const order = round % 2 ? [atEnd, {}] : [{}, atEnd]
    const first = await run(network, order[0])
    const second = await run(network, order[1])
    const [usual, once] = round % 2 ? [second, first] : [first, second]
    ratios.push(usual.seconds / once.seconds)
    all.usual.push(usual.seconds)
    all.once.push(once.seconds)
    console.log(
      `${network}  ${usual.checks} checks ${usual.seconds.toFixed(1)} s, ${once.checks} check ${once.seconds.toFixed(1)} s, ratio ${ratios.at(-1).toFixed(3)}`,
    )
  }
  const least = Math.min(...all.usual) / Math.min(...all.once)
  console.log(
    `${network}  median ${median(ratios).toFixed(3)}, of the least times ${least.toFixed(3)}`,
  )
}
