// One adaptive run against a grid of 12 fixed schedules, task by task, 3 seeds.
// Run by `npm run bench:controller [task,task [grid]]`; finished runs stay in runs/bench-controller, a
// file a task; writes proofs/controller.md, or with `grid` trains the cells of the grid alone.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeScores } from '../dist/evaluate/index.js'
import { keeper, mean, signature, trained } from '../proofs/kept.mjs'
import { cellName, grid, shares, table, tasks, writeTable } from './controller-tasks.mjs'

const seeds = [0, 1, 2]
const keepers = new Map(
  Object.keys(tasks).map((task, i) => [task, keeper(`runs/bench-controller/${i}.json`)]),
)
/** Validation score of the weights kept, and the test score of every sample. */
function run(task, name, noise, monitor, seed) {
  return keepers.get(task)(`${task}, ${name}, ${seed}`, async () => {
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
    const cells = []
    for (const cell of grid) {
      const monitor = { onOveruse: 'warn' }
      const made = await run(task, cellName(cell), noise(cell.shape, cell.share), monitor, seed)
      cells.push({ name: cellName(cell), ...made })
    }
    if (isGridAlone) continue
    const adaptive = await run(task, 'adaptive', noise('uniform', 1), { steer: {} }, seed)
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
const isGridAlone = process.argv[3] === 'grid'
const lines = []
const values = []
for (const task of Object.keys(tasks)) {
  if (asked && !asked.some(word => task.includes(word))) continue
  const { needs } = tasks[task]
  if (needs && !existsSync(needs)) {
    console.error(`${task}: left out, there is no ${needs}`)
    continue
  }
  const rows = await runTask(task)
  if (isGridAlone) continue
  const { line, value } = rowOf(task, rows)
  lines.push(line)
  values.push(value)
  writePage()
}
rmSync(join(table, '..'), { recursive: true })

/** The tasks the page does not show. */
function leftOut() {
  const names = Object.keys(tasks).filter(task => !lines.some(line => line.includes(task)))
  return names.length ? ` Not run: ${names.join('; ')}.` : ''
}

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
${seeds.length} seeds. Cost: processor time of the adaptive run over that of one run of the grid. The steering has its default
settings, fixed before these runs; nothing was chosen by the test part, and all seeds are shown.

| task | adaptive | cell chosen | difference | mean cell | worst cell | cells chosen | samples | cost |
|---|---|---|---|---|---|---|---|---|
${lines.join('\n')}

On average over ${values.length} tasks ${signed(mean(values))} points; the worst task ${signed(Math.min(...values))}.${leftOut()}

${signature('npm run bench:controller')}
`,
  )
}
