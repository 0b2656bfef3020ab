// One adaptive run against a grid of 12 fixed schedules, task by task, 3 seeds.
// Run by `npm run bench:controller [task,task]`; finished runs stay in runs/bench-controller.json;
// writes proofs/controller.md.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { decodeScores } from '../dist/evaluate/index.js'
import { keeper, mean, signature, trained } from '../proofs/kept.mjs'

const seeds = [0, 1, 2]
const keep = keeper('runs/bench-controller.json')
const digits = '../shared/data/fsdd'
const table = join(mkdtempSync(join(tmpdir(), 'temper-bench-')), 'breast-cancer.csv')

/** The table with every column at mean 0 and deviation 1. */
function writeTable() {
  const text = gunzipSync(readFileSync('bench/data/breast-cancer.csv.gz')).toString()
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split(',').map(Number))
  const columns = rows[0].length - 1
  for (let c = 0; c < columns; c++) {
    const middle = mean(rows.map(row => row[c]))
    const deviation = Math.sqrt(mean(rows.map(row => (row[c] - middle) ** 2)))
    for (const row of rows) row[c] = (row[c] - middle) / deviation
  }
  const head = [...Array.from({ length: columns }, (_, c) => `x${c}`), 'class']
  writeFileSync(table, `${[head, ...rows].map(row => row.join(',')).join('\n')}\n`)
}

/** A level at a share of the strongest: fixed, rising from none, or drawn for each sample. */
const shapes = {
  fixed: (top, none) => top ?? none,
  ramp: (top, none) => ({ ramp: [none, top], to: '60%' }),
  uniform: (top, none, per = 'sample') => ({
    uniform: [Math.min(none, top), Math.max(none, top)],
    per,
  }),
}
const shares = [0.3, 0.6, 1, 1.5]
const number = value => Number(value.toPrecision(4))

/** Signal-to-noise ratio in dB whose noise is a share of that at `snr`. */
const louder = (snr, share) => number(snr - 20 * Math.log10(share))

const recipeOf = (network, data, rate, { limit, epochs, batch = 64, ...monitor }) => ({
  model: { network },
  data: { train: data, limit, validation: 0.2, test: 0.3 },
  optimizer: { learningRate: { cosine: [rate, rate / 100] } },
  train: { epochs, batch, keep: 'best robustScore' },
  monitor: { samples: 500, ...monitor },
})

const input = top => (shape, share) => [
  { at: 'input', kind: 'gaussian', sigma: shapes[shape](number(top * share), 0) },
]

/** Each with the strongest noise a user might think of, at share 1. */
const tasks = {
  'Fashion-MNIST, cnn, Gaussian noise on inputs': {
    recipe: recipeOf('cnn', 'fashion-mnist:train', 2e-3, { limit: 3000, epochs: 4 }),
    noise: input(0.4),
  },
  'MNIST, mlp, heavy noise on inputs': {
    recipe: recipeOf('mlp', 'mnist:train', 2e-3, { limit: 4000, epochs: 6 }),
    noise: input(1),
  },
  'Fashion-MNIST, mlp, noise on weights': {
    recipe: recipeOf('mlp', 'fashion-mnist:train', 2e-3, {
      ...{ limit: 3000, epochs: 6, suite: 'weights', samples: 200 },
    }),
    noise: (shape, share) => [
      { at: 'weight', kind: 'gaussian', relative: shapes[shape](number(0.1 * share), 0, 'batch') },
    ],
  },
  'Fashion-MNIST, mlp, label smoothing and mixup': {
    recipe: recipeOf('mlp', 'fashion-mnist:train', 2e-3, { limit: 4000, epochs: 6 }),
    noise: (shape, share) => [
      { at: 'target', kind: 'smoothing', amount: shapes[shape](number(0.3 * share), 0) },
      { at: 'mix', kind: 'mixup', alpha: shapes[shape](number(0.6 * share), 0.01, 'batch') },
    ],
  },
  'breast cancer (table of 30 columns), mlp, Gaussian noise': {
    recipe: recipeOf('mlp', table, 2e-3, { epochs: 20, batch: 16, every: '2ep' }),
    noise: input(0.8),
  },
  'spoken digits, cnn1d, white noise': {
    recipe: {
      ...recipeOf('cnn1d', digits, 4e-3, { limit: 1500, epochs: 6, batch: 32, samples: 300 }),
      preprocess: { seconds: 0.5 },
    },
    noise: (shape, share) => [
      { at: 'input', kind: 'white', snr: shapes[shape](louder(5, share), 40) },
    ],
    needs: digits,
  },
}

const grid = Object.keys(shapes).flatMap(shape => shares.map(share => ({ shape, share })))
const cellName = ({ shape, share }) => `${shape} ${share}`

/** Validation score of the weights kept, and the test score of every sample. */
function run(task, name, noise, monitor, seed) {
  return keep(`${task}, ${name}, ${seed}`, async () => {
    const { recipe } = tasks[task]
    const whole = { ...recipe, noise, monitor: { ...recipe.monitor, ...monitor }, seed }
    const { result, seconds, scores, events } = await trained(whole, out => {
      const path = join(out, 'scorecard.samples.safetensors')
      return { scores: decodeScores(readFileSync(path), path) }
    })
    const test = scores.clean.map((clean, i) => Number(((clean + scores.noisy[i]) / 2).toFixed(3)))
    const validation = result.best.figures.robustScore
    const adjusted = events.filter(e => e.type === 'adjust').map(e => e.gain)
    const { cleanAccuracy: clean, meanAccuracy: noisy } = result.scorecard.summary
    console.error(
      task,
      name,
      seed,
      `${seconds.toFixed(1)} s`,
      validation.toFixed(4),
      mean(test).toFixed(4),
    )
    return { validation, test, clean, noisy, seconds, adjusted }
  })
}

async function runTask(task) {
  const { noise } = tasks[task]
  const rows = []
  for (const seed of seeds) {
    const adaptive = await run(task, 'adaptive', noise('uniform', 1), { steer: {} }, seed)
    const cells = []
    for (const cell of grid) {
      const monitor = { onOveruse: 'warn' }
      const made = await run(task, cellName(cell), noise(cell.shape, cell.share), monitor, seed)
      cells.push({ name: cellName(cell), ...made })
    }
    const chosen = cells.reduce((a, b) => (b.validation > a.validation ? b : a))
    rows.push({ adaptive, chosen, cells })
  }
  return rows
}

/** Adaptive minus chosen cell over the test samples of all seeds: mean and 95 % interval, in points. */
function paired(rows) {
  const differences = rows.flatMap(({ adaptive, chosen }) =>
    adaptive.test.map((score, i) => 100 * (score - chosen.test[i])),
  )
  const value = mean(differences)
  const variance = mean(differences.map(d => (d - value) ** 2))
  const half = 1.96 * Math.sqrt(variance / (differences.length - 1))
  return { value, low: value - half, high: value + half, samples: differences.length }
}

const percent = value => (100 * value).toFixed(1)
const signed = value => `${value >= 0 ? '+' : ''}${value.toFixed(1)}`

function rowOf(task, rows) {
  const { value, low, high, samples } = paired(rows)
  const score = pick => percent(mean(rows.map(row => mean(pick(row).test))))
  const of = field => pick => percent(mean(rows.map(row => pick(row)[field])))
  const [clean, noisy] = [of('clean'), of('noisy')]
  const adaptive = row => row.adaptive
  const chosen = row => row.chosen
  const all = rows.flatMap(({ cells }) => cells)
  const [worst, middle] = [Math.min, (...v) => mean(v)].map(f =>
    percent(f(...all.map(c => mean(c.test)))),
  )
  const cost = mean(rows.map(row => row.adaptive.seconds / mean(row.cells.map(c => c.seconds))))
  const names = rows.map(row => row.chosen.name).join(', ')
  const line = `| ${task} | ${score(adaptive)} (${clean(adaptive)}, ${noisy(adaptive)}) | ${score(chosen)} (${clean(chosen)}, ${noisy(chosen)}) | ${signed(value)} (${signed(low)}, ${signed(high)}) | ${middle} | ${worst} | ${names} | ${samples} | ${cost.toFixed(1)} |`
  return { line, value }
}

writeTable()
const asked = process.argv[2]?.split(',')
const lines = []
const values = []
for (const task of Object.keys(tasks)) {
  if (asked && !asked.some(word => task.includes(word))) continue
  const { needs } = tasks[task]
  if (needs && !existsSync(needs)) {
    console.error(`${task}: left out, there is no ${needs}`)
    continue
  }
  const { line, value } = rowOf(task, await runTask(task))
  lines.push(line)
  values.push(value)
  writePage()
}
rmSync(join(table, '..'), { recursive: true })

function writePage() {
  writeFileSync(
    'proofs/controller.md',
    `# One adaptive run against a grid of 12 fixed schedules

The adaptive run begins with the level of each sample drawn between none and half of the strongest; short branches
(\`monitor: { steer: {} }\`) then find the strength while it trains. The grid holds fixed levels, ramps and draws between
none and the top, each at ${shares.join(', ')} of the strongest, at the same number of epochs; for each seed the
cell with the best score on the validation part is taken, which costs 12 runs. All keep the weights with the best
score at a check. Score: mean of clean and mean noisy accuracy on the test part, in per cent; in brackets clean and
noisy. Difference: adaptive minus cell, paired on the same samples, with its 95 % interval over the samples of
${seeds.length} seeds. Cost: processor time of the adaptive run over that of one run of the grid.

| task | adaptive | cell chosen | difference | mean cell | worst cell | cells chosen | samples | cost |
|---|---|---|---|---|---|---|---|---|
${lines.join('\n')}

On average over ${values.length} tasks ${signed(mean(values))} points; the worst task ${signed(Math.min(...values))}.

${signature('npm run bench:controller')}
`,
  )
}
