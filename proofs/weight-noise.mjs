// Weight noise in training on Fashion-MNIST: trained at 10 % relative, tested at up to 30 %.
// Run by `npm run proof:weight-noise`; writes proofs/weight-noise.md. Finished runs are kept in
// proofs/weight-noise.json, so an interrupted proof goes on where it stopped.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { evaluate, train } from '../dist/index.js'

const recipes = {
  plain: [],
  '10 % weight noise': [{ at: 'weight', kind: 'gaussian', relative: 0.1 }],
}
const seeds = [0, 1, 2]
const tested = [0.05, 0.1, 0.15, 0.3]
const draws = 10
const epochs = 5
const threads = 1
const suite = {
  name: 'relative weight noise',
  preset: 'up to 30 %',
  tldr: '',
  conditions: tested.map((relative, i) => ({
    at: 'weight',
    kind: 'gaussian',
    severity: i + 1,
    level: { relative },
    clip: null,
    draws,
  })),
}

const kept = 'proofs/weight-noise.json'
const runs = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : {}

async function measure(noise, seed) {
  const out = mkdtempSync(join(tmpdir(), 'temper-proof-'))
  try {
    const recipe = {
      model: { network: 'cnn' },
      data: { train: 'fashion-mnist:train', validation: 0.05 },
      optimizer: { learningRate: { cosine: [1e-3, 1e-5] } },
      train: { epochs, batch: 128 },
      monitor: { onOveruse: 'warn', samples: 500, every: `${epochs}ep` },
      noise,
      seed,
    }
    const { model } = await train({ recipe, out: join(out, 'run'), threads })
    const card = await evaluate({ model, data: 'fashion-mnist:test', suite, threads })
    return [card.clean.accuracy, ...card.conditions.map(c => c.measures.accuracy)]
  } finally {
    rmSync(out, { recursive: true })
  }
}

for (const seed of seeds)
  for (const [name, noise] of Object.entries(recipes)) {
    const id = `${name}, seed ${seed}, ${epochs} epochs`
    runs[id] ??= await measure(noise, seed)
    console.error(id, runs[id])
    writeFileSync(kept, `${JSON.stringify(runs, null, 1)}\n`)
  }

const mean = values => values.reduce((a, b) => a + b, 0) / values.length
const percent = value => (100 * value).toFixed(1)
const of = (name, column) =>
  seeds.map(seed => runs[`${name}, seed ${seed}, ${epochs} epochs`][column])
const [plain, noisy] = Object.keys(recipes)
const columns = ['none', ...tested.map(level => `${100 * level} %`)]
const row = name =>
  `| ${name} | ${columns.map((_, i) => `${percent(mean(of(name, i)))} (${of(name, i).map(percent).join(', ')})`).join(' | ')} |`
const gains = columns.map((_, i) => percent(mean(of(noisy, i)) - mean(of(plain, i))))

writeFileSync(
  'proofs/weight-noise.md',
  `# Trained with weight noise, tested with weight noise

Fashion-MNIST, the two-layer \`cnn\`, 57,000 training images, ${epochs} epochs, Adam with a cosine from 1e-3,
batch 128. Noise: Gaussian on every weight tensor, its standard deviation relative to the tensor's
largest absolute weight; in training ${recipes[noisy][0].relative * 100} %, drawn anew at every step. Accuracy in per cent on the
10,000 test images, each level the mean of ${draws} draws; means of ${seeds.length} seeds, the seeds in brackets.

| trained with \\ tested with | ${columns.join(' | ')} |
|---|${columns.map(() => '---|').join('')}
${row(plain)}
${row(noisy)}
| gain in points | ${gains.join(' | ')} |

${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0].model}, Node ${process.versions.node}; \`npm run proof:weight-noise\`.
`,
)
