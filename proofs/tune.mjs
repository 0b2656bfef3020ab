// A search on Fashion-MNIST: 30 trials with ASHA against 30 whole ones, and the recipe it recommends
// against the preset's. 4,000 images, mlp, 27 epochs; measured on the test images, 3 seeds.
// Run by `npm run proof:tune`; what is done is kept in runs/proof-tune, the table is proofs/tune.md.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { resumeStudy, train, tune } from '../dist/index.js'
import { runJob } from '../dist/jobs/index.js'
import { presetRecipe } from '../dist/recipe/index.js'
import { defaultNoises } from '../dist/tune/default-space.js'

const home = 'runs/proof-tune'
mkdirSync(home, { recursive: true })
const block = await runJob('probe', {}, { purpose: 'probe' }).catch(() => undefined)
const engine = block ? { column: 'blocked', block } : { column: 'portable' }
const data = {
  train: 'fashion-mnist:train',
  limit: 4000,
  validation: 0.2,
  test: 'fashion-mnist:test',
}
const length = 27
const monitor = { suite: 'gaussian', samples: 800, every: `${length}ep`, onOveruse: 'warn' }
const lengths = { epochs: length, batch: 128, checkpointEvery: `${length}ep` }
const given = parse(presetRecipe('image-small'))
const preset = { ...given, model: { network: 'mlp' }, data, monitor, train: lengths }
const rate = { search: { from: 3e-4, to: 1e-2, log: true, name: 'learning rate' } }
const space = {
  ...preset,
  optimizer: { kind: 'adam', learningRate: { cosine: [rate, 1e-5] }, clipNorm: 1 },
  noise: defaultNoises('image', true),
}

async function study(name, options) {
  const out = join(home, name)
  const common = { workers: 1, threads: 1, onEvent: tell(name) }
  if (existsSync(join(out, 'journal.jsonl'))) return resumeStudy({ run: out, ...common })
  return tune({ recipe: space, trials: 30, out, engine, ...common, ...options })
}

const tell = name => event => {
  if (event.type !== 'entry' || event.entry.type !== 'result') return
  const { trial, rung, values } = event.entry
  console.log(name, trial, rung, values.cleanAccuracy, values.meanAccuracy)
}

/** Clean and mean noisy accuracy on the test images, kept by name and seed. */
async function measured(name, recipe, seed) {
  const out = join(home, `${name}-${seed}`)
  const card = join(out, 'scorecard.json')
  if (!existsSync(card)) {
    rmSync(out, { recursive: true, force: true })
    await train({ recipe: { ...recipe, seed }, out, threads: 1, engine })
  }
  const { summary } = JSON.parse(readFileSync(card, 'utf8'))
  console.log(name, seed, summary.cleanAccuracy, summary.meanAccuracy)
  return [summary.cleanAccuracy, summary.meanAccuracy]
}

const asha = await study('asha', { stopping: 'asha' })
const whole = await study('whole', { stopping: 'none', finalists: 1, repeats: 1 })
const recipes = {
  'preset image-small': preset,
  'ASHA, 30 trials': parse(readFileSync(join(home, 'asha/best.yaml'), 'utf8')),
  '30 whole trials': parse(readFileSync(join(home, 'whole/best.yaml'), 'utf8')),
}
const seeds = [10, 11, 12]
const mean = values => values.reduce((a, b) => a + b, 0) / values.length
const spread = values =>
  Math.sqrt(values.reduce((s, v) => s + (v - mean(values)) ** 2, 0) / (values.length - 1))
const points = value => (100 * value).toFixed(1)
const rows = []
for (const [name, recipe] of Object.entries(recipes)) {
  const runs = []
  for (const seed of seeds) runs.push(await measured(name.replace(/\W+/g, '-'), recipe, seed))
  const [clean, noisy] = [0, 1].map(i => runs.map(run => run[i]))
  rows.push({ name, clean, noisy, score: runs.map(([a, b]) => (a + b) / 2) })
}
const [usual, quick, full] = rows
const saved = 1 - asha.study.epochs.trained / whole.study.epochs.trained
const behind = mean(full.score) - mean(quick.score)
const lines = [
  '# A search on Fashion-MNIST, with and without early stopping',
  '',
  `${new Date().toISOString().slice(0, 10)}, ${cpus()[0].model}, 1 thread; 4,000 images (800 of them held out to choose by), mlp, ${length} epochs, noise: Gaussian sigma .08 to .38 clipped to [0, 1]; test: 9,992 images, seeds ${seeds.join(', ')}, mean and standard deviation in points.`,
  '',
  '| recipe | epochs searched | clean | mean under noise | mean of both |',
  '|---|---|---|---|---|',
  ...rows.map(({ name, clean, noisy, score }) => {
    const epochs = name.startsWith('ASHA')
      ? asha.study.epochs.trained
      : name.startsWith('30')
        ? whole.study.epochs.trained
        : 0
    return `| ${name} | ${epochs} | ${[clean, noisy, score].map(v => `${points(mean(v))} +- ${points(spread(v))}`).join(' | ')} |`
  }),
  '',
  `ASHA saved ${points(saved)} % of the epochs; its recipe is ${points(Math.abs(behind))} points ${behind > 0 ? 'behind' : 'ahead of'} that of the whole search, and ${points(mean(quick.noisy) - mean(usual.noisy))} points above the preset under noise (${points(mean(quick.clean) - mean(usual.clean))} clean). Finalists' repeats (${asha.state.trials.length - asha.state.searched.length} runs of ${length} epochs) come on top and are not counted.`,
  '',
]
writeFileSync('proofs/tune.md', lines.join('\n'))
console.log(lines.at(-2))
if (saved < 0.6 || behind > 0.005 || mean(quick.noisy) <= mean(usual.noisy)) process.exitCode = 1
