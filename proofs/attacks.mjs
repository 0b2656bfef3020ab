// Attacks on a smoothed network inside its certified radii: none may change the certified answer more
// often than certificates may be false. LeNet on MNIST, trained with Gaussian noise of sigma .5; PGD up the
// loss of the mean softmax over noisy copies (Salman et al. 2019). Attacks further out are the control:
// they must succeed. Run by `npm run proof:attacks`; what is done is kept in runs/proof-attacks.
import { existsSync, writeFileSync } from 'node:fs'
import { binomialSurvival, keyOf, Random } from '../dist/base/index.js'
import { predictSample, Voter } from '../dist/certify/index.js'
import { classesOf } from '../dist/certify/subject.js'
import { first, openData } from '../dist/data/index.js'
import { InputGradients } from '../dist/gradients/index.js'
import { certify, train } from '../dist/index.js'
import { modelPredictor, openModel } from '../dist/model/index.js'
import { ascentOf, attack, completeLevel } from '../dist/noise/index.js'
import { keeper, signature } from './kept.mjs'

const sigma = 0.5
const alpha = 0.001
const epochs = 2
/** Reach of an attack in certified radii, and every how many-th certified image is attacked. */
const reaches = { 1: 1, 2: 10, 3: 10 }
const attacked = 1000
const copies = 16
const steps = 20
const folder = 'runs/proof-attacks'
const keep = keeper(`${folder}/attacks.json`)

async function trainedModel() {
  const model = `${folder}/run/model.onnx`
  if (existsSync(model)) return model
  const recipe = {
    model: { network: 'lenet' },
    data: { train: 'mnist:train', validation: 0.02 },
    optimizer: { learningRate: { cosine: [1e-3, 1e-5] } },
    train: { epochs, batch: 128 },
    noise: [{ at: 'input', kind: 'gaussian', sigma, clip: 'none' }],
    monitor: { every: `${epochs}ep`, samples: 200, onOveruse: 'warn' },
    seed: 0,
  }
  await train({ recipe, out: `${folder}/run`, threads: 1 })
  return model
}

const model = await trainedModel()
const data = first(await openData('mnist:test'), 1100)
const certificate = await certify({
  ...{ model, data, sigma, alpha, n0: 100, n: 1000, threads: 1 },
  out: `${folder}/certificate.json`,
})
const certified = certificate.samples.filter(s => s.prediction >= 0).slice(0, attacked)

const opened = await openModel(model, { sample: data.shape })
const common = { sampleShape: data.shape, preprocess: opened.found.preprocess, threads: 1 }
const predictor = await modelPredictor(opened, common)
const gradients = new InputGradients(opened, { ...common, loss: 'cross-entropy' })
const size = data.shape.reduce((a, b) => a * b)
const classes = predictor.outputSize

/** The probability of a class in each row of logits. */
function chances(logits, label) {
  return Array.from({ length: logits.length / classes }, (_, row) => {
    const z = logits.subarray(row * classes, (row + 1) * classes)
    return 1 / z.reduce((sum, v) => sum + Math.exp(v - z[label]), 0)
  })
}

/** d -log(mean p) / dx over fresh copies: the copies' cross-entropy gradients, weighted by p. */
function smoothedGradient(label, random) {
  const targets = new Float32Array(copies * classes).map((_, i) => Number(i % classes === label))
  const each = new Float32Array(copies * size)
  return async (x, out) => {
    const noisy = each.map((_, i) => x[i % size] + sigma * random.normal())
    const weights = chances(await predictor.predict(noisy, copies), label)
    await gradients.gradient({ rows: copies, samples: noisy, targets }, each)
    out.fill(0)
    for (let i = 0; i < each.length; i++) out[i % size] += weights[Math.floor(i / size)] * each[i]
  }
}

const ascent = ascentOf('input', 'projected_gradient_l2')

/** The image moved by at most `radius` away from its certified class; pixels may leave [0, 1]. */
async function moved(image, label, radius, id) {
  const level = completeLevel(ascent, { radius, steps, stepSize: 2.5 / steps, start: 1 })
  const x = image.slice()
  await attack({
    ...{ ascent, samples: x, rows: 1, shape: data.shape, clip: null, levelOf: () => level },
    keyOf: () => keyOf(0, 'proof:attacks start', ...id),
    gradientOf: smoothedGradient(label, new Random(keyOf(0, 'proof:attacks copies', ...id))),
  })
  return x
}

// Copies of its own, not those that certified.
const voter = new Voter({
  ...{ shape: data.shape, sigma, seed: 1, batch: 200 },
  classify: async (batch, rows) => classesOf(await predictor.predict(batch, rows), predictor),
})

/** PREDICT with more copies until it is sure; every one of its tries has a part of alpha. */
async function smoothedAnswer(x, id) {
  const tries = [100, 1000, 10_000, 100_000]
  for (const n of tries) {
    const options = { n, alpha: alpha / tries.length, batch: Math.min(n / 10, 200) }
    const { prediction } = await predictSample(voter.votesOf(x, id), options)
    if (prediction >= 0) return prediction
  }
  return -1
}

async function tried({ index, prediction, radius }, reach) {
  const image = new Float32Array(size)
  await data.read(index, image)
  // Rounding to single precision must not leave the ball.
  const x = await moved(image, prediction, reach * radius * (1 - 1e-6), [index, reach * 10])
  const length = Math.hypot(...x.map((v, i) => v - image[i])) / radius
  return { answer: await smoothedAnswer(x, index), length }
}

const results = {}
for (const [reach, every] of Object.entries(reaches)) {
  const chosen = certified.filter((_, i) => i % every === 0)
  const outcomes = []
  for (let from = 0; from < chosen.length; from += 50) {
    const part = chosen.slice(from, from + 50)
    const made = await keep(`${reach} ${from}`, async () => {
      const block = []
      for (const sample of part) block.push(await tried(sample, Number(reach)))
      return block
    })
    outcomes.push(...made.map((made, i) => ({ ...made, certified: part[i].prediction })))
    console.error(`reach ${reach}: ${outcomes.length} of ${chosen.length} attacked`)
  }
  results[reach] = {
    attacks: outcomes.length,
    changed: outcomes.filter(o => o.answer >= 0 && o.answer !== o.certified).length,
    undecided: outcomes.filter(o => o.answer < 0).length,
    longest: Math.max(...outcomes.map(o => o.length)),
  }
}

/** Most successes that so many attacks have with probability above 1e-3, each with chance 2 alpha. */
function allowed(attacks) {
  let most = 0
  while (binomialSurvival(most + 1, attacks, 2 * alpha) > 1e-3) most++
  return most
}

const rows = Object.entries(results).map(
  ([reach, { attacks, changed, undecided, longest }]) =>
    `| ${reach} | ${attacks} | ${longest.toFixed(4)} | ${changed} | ${undecided} |`,
)
const inside = results[1]
const bound = allowed(inside.attacks)
const holds = inside.changed + inside.undecided <= bound
const beyond = results[3].changed > results[3].attacks / 2
writeFileSync(
  'proofs/attacks.md',
  `# Attacks inside certified radii

LeNet on MNIST, ${epochs} epochs with Gaussian noise of sigma ${sigma} (Adam, cosine from 1e-3, batch 128, seed 0), smoothed
with the same sigma. Certified on test images in their order (n0 = 100, n = 1,000, alpha = ${alpha}; average radius
${certificate.summary.acr.toFixed(3)}, ${(100 * certificate.summary.abstentionRate).toFixed(1)} % abstained); the first ${certified.length} that have a certificate are attacked, their certified
class being what the attack moves away from. Projected gradient descent in the L2 ball, ${steps} steps of
2.5 / ${steps} of the radius from a random start, up the loss of the mean softmax of ${copies} fresh noisy copies a step
(Salman et al. 2019); pixels may leave [0, 1]. The answer at the attacked point is PREDICT's, with up to
100,000 fresh copies and together alpha ${alpha}.

| reach, in certified radii | attacks | longest change, in certified radii | answer changed | not decided |
|---|---|---|---|---|
${rows.join('\n')}

Inside the radius at most ${bound} of ${inside.attacks} may count as a success: a certificate and PREDICT may each be false with
chance ${alpha}, and more has a probability below .001. ${holds ? 'It holds.' : 'IT DOES NOT HOLD.'} The rows further out are the control:
the same attack ${beyond ? 'does succeed' : 'DOES NOT SUCCEED'} where nothing is promised.

${signature('npm run proof:attacks')}
`,
)
await gradients.close()
await predictor.close()
if (!holds || !beyond) process.exit(1)
