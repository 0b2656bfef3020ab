// Our TPE against Optuna's (test/golden/tune/tpe.json) and against random search: the regret after 60
// trials on 10 functions, 50 seeds each. Run by `npm run proof:tpe`; writes proofs/tpe.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { readSpace } from '../dist/recipe/index.js'
import { samplers } from '../dist/tune/sampler/index.js'
import { functions } from './tpe-functions.mjs'

const golden = JSON.parse(readFileSync(new URL('../test/golden/tune/tpe.json', import.meta.url)))
const seeds = Number(process.argv[2] ?? 50)

function regret(sampler, [bounds, objective, lowest], seed) {
  const coordinates = bounds.map(([from, to]) => ({ search: { from, to } }))
  const space = readSpace({ x: coordinates })
  const history = []
  let least = Number.POSITIVE_INFINITY
  for (let index = 0; index < golden.trials; index++) {
    const point = samplers[sampler]({ space, index, seed, history })
    const loss = objective(space.parameters.map(({ name }) => point[name]))
    history.push({ point, outcome: { rung: 0, losses: [loss] } })
    least = Math.min(least, loss)
  }
  return least - lowest
}

const median = values => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2
}
const few = value => Number(value.toPrecision(3))

const rows = Object.entries(functions).map(([name, definition]) => {
  const medianOf = sampler =>
    median(Array.from({ length: seeds }, (_, seed) => regret(sampler, definition, seed)))
  const row = {
    name,
    ours: medianOf('tpe'),
    theirs: median(golden.regret[name]),
    random: medianOf('random'),
  }
  console.log(name, few(row.ours), few(row.theirs), few(row.ours / row.theirs), few(row.random))
  return row
})
const ratios = rows.map(row => row.ours / row.theirs)
const within = ratios.filter(ratio => ratio <= 1.1).length
const beaten = rows.filter(row => row.ours < row.random).length
const all = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)

const lines = [
  '# TPE against Optuna and random search',
  '',
  `${new Date().toISOString().slice(0, 10)}; regret after ${golden.trials} trials, median of ${seeds} seeds; Optuna ${golden.optuna}, its defaults (test/golden/tune/tpe.py).`,
  '',
  '| function | Temper | Optuna | ratio | random |',
  '|---|---|---|---|---|',
  ...rows.map(
    (row, i) =>
      `| ${row.name} | ${few(row.ours)} | ${few(row.theirs)} | ${few(ratios[i])} | ${few(row.random)} |`,
  ),
  '',
  'The share of trials that count as good, and kernels of equal height, were chosen on these functions.',
  '',
  `At most 1.1 times Optuna's on ${within} of ${rows.length}; geometric mean of the ratios ${few(all)}; better than random on ${beaten} of ${rows.length}.`,
  '',
]
console.log(lines.at(-2))
if (seeds === 50 && !process.env.DRY)
  writeFileSync(new URL('tpe.md', import.meta.url), lines.join('\n'))
if (within < rows.length || beaten < 8) process.exitCode = 1
