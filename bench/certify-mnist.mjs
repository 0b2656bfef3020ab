// LeNet on MNIST under randomized smoothing, by the published protocol: trained with Gaussian noise of
// sigma .5 (unclipped) for 90 epochs, certified on every 20th test image with n = 100,000, compared image
// by image with published certificates. Hours of work; what is done is kept in --out and gone on from.
//   npm run proof:certify-mnist -- --out DIR --published DIR-OF-TSV [--threads 1]
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseTsv } from '../dist/certify/index.js'
import { certify, resume, train } from '../dist/index.js'
import { runJob } from '../dist/jobs/index.js'

const recipe = {
  model: { network: 'lenet' },
  data: { train: 'mnist:train', validation: 'mnist:test' },
  optimizer: {
    kind: 'sgd',
    momentum: 0.9,
    weightDecay: 1e-4,
    learningRate: { step: [0.01, { at: '30ep', value: 0.001 }, { at: '60ep', value: 0.0001 }] },
  },
  train: { epochs: 90, batch: 256, loss: 'cross-entropy', checkpointEvery: '5ep' },
  noise: [{ at: 'input', kind: 'gaussian', sigma: 0.5, clip: 'none' }],
  // One check, at the end: the last weights are the model, as in the published runs.
  monitor: { every: '90ep', onOveruse: 'warn' },
  seed: 0,
}
const settings = { sigma: 0.5, n0: 100, n: 100_000, alpha: 0.001 }

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: 'runs/certify-mnist' },
    published: { type: 'string', default: '../shared/data/certify' },
    threads: { type: 'string', default: '1' },
  },
})
const threads = Number(options.threads)

/** The blocked operators where they work. */
async function fastest() {
  const block = await runJob('probe', {}, { purpose: 'probe' }).catch(() => undefined)
  return block ? { column: 'blocked', block } : { column: 'portable' }
}

async function trained() {
  const model = join(options.out, 'model.onnx')
  if (existsSync(model)) return model
  if (existsSync(join(options.out, 'checkpoints'))) await resume({ run: options.out })
  else await train({ recipe, out: options.out, threads, engine: await fastest() })
  return model
}

const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length
const counted = ({ radius, correct }) => (correct ? radius : 0)

/** Differences of radius x correct, image by image. */
function compare(samples, others) {
  const byIndex = new Map(others.map(sample => [sample.index, sample]))
  const pairs = samples.filter(s => byIndex.has(s.index)).map(s => [s, byIndex.get(s.index)])
  const differences = pairs.map(([a, b]) => counted(a) - counted(b))
  return {
    images: pairs.length,
    mean: mean(differences),
    absolute: mean(differences.map(Math.abs)),
    answers: mean(pairs.map(([a, b]) => Number(a.prediction === b.prediction))),
  }
}

function published() {
  if (!existsSync(options.published)) return []
  return readdirSync(options.published)
    .filter(file => file.endsWith('.tsv'))
    .map(file => ({
      name: file.replace(/.*-(run\d+)\.tsv/, '$1'),
      samples: parseTsv(readFileSync(join(options.published, file), 'utf8'), file),
    }))
}

const certificate = await certify({
  model: await trained(),
  data: 'mnist:test',
  skip: 20,
  threads,
  ...settings,
  out: join(options.out, 'certificate.json'),
  onEvent: ({ done, of }) => done % 20 === 0 && console.error(`${done} of ${of} images`),
})

const row = (name, samples) => {
  const at = r => (100 * mean(samples.map(s => Number(s.correct && s.radius >= r)))).toFixed(1)
  const abstained = (100 * mean(samples.map(s => Number(s.prediction === -1)))).toFixed(1)
  const cells = [0, 0.5, 1, 1.5].map(at).join(' | ')
  return `| ${name} | ${mean(samples.map(counted)).toFixed(4)} | ${cells} | ${abstained} |`
}
const line = (name, { mean: difference, absolute, answers, images }) =>
  `| ${name} | ${images} | ${difference.toFixed(4)} | ${absolute.toFixed(4)} | ${(100 * answers).toFixed(1)} |`

const runs = published()
const own = runs.map(run => compare(certificate.samples, run.samples))
const between = runs.flatMap((a, i) =>
  runs.slice(i + 1).map(b => line(`${a.name} - ${b.name}`, compare(a.samples, b.samples))),
)
writeFileSync(
  'proofs/certify-mnist.md',
  `# LeNet on MNIST certified, beside published certificates

\`lenet\`, all 60,000 training images, Gaussian noise of sigma .5 on [0, 1] pixels, unclipped; SGD, momentum
.9, weight decay 1e-4, learning rate .01 divided by 10 at epochs 30 and 60, 90 epochs, batch 256. Certified
on every 20th test image: n0 ${settings.n0}, n ${settings.n}, alpha ${settings.alpha}. Accuracies in per cent at L2 radius r.

| run | average certified radius | r = 0 | .5 | 1 | 1.5 | abstained |
|---|---|---|---|---|---|---|
${[row('Temper', certificate.samples), ...runs.map(run => row(run.name, run.samples))].join('\n')}

Image by image, radius x correct of the first less that of the second:

| pair | images | mean difference | mean absolute difference | same answer, % |
|---|---|---|---|---|
${[...runs.map((run, i) => line(`Temper - ${run.name}`, own[i])), ...between].join('\n')}

From the published runs together Temper differs by ${mean(own.map(({ mean }) => mean)).toFixed(4)} in the mean; the goal was to stay within .012.

${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0].model}, Node ${process.versions.node}; \`npm run proof:certify-mnist\`.
`,
)
