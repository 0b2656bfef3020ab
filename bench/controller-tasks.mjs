// The tasks of bench/controller.mjs: data and network, the noise a user might think of, and the grid.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { mean } from '../proofs/kept.mjs'

const digits = '../shared/data/fsdd'
export const table = join(mkdtempSync(join(tmpdir(), 'temper-bench-')), 'breast-cancer.csv')

/** The table with every column at mean 0 and deviation 1. */
export function writeTable() {
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
export const shares = [0.3, 0.6, 1, 1.5]
const number = value => Number(value.toPrecision(4))

/** Signal-to-noise ratio in dB whose noise is a share of that at `snr`. */
const louder = (snr, share) => number(snr - 20 * Math.log10(share))

const small = { limit: 4000, validation: 0.15, test: 0.35 }
const large = { limit: 5000, validation: 0.12, test: 0.4 }

const recipeOf = (network, data, rate, { parts, epochs, batch = 64, ...monitor }) => ({
  model: { network },
  data: { train: data, ...parts },
  optimizer: { learningRate: { cosine: [rate, rate / 100] } },
  train: { epochs, batch, keep: 'best robustScore' },
  monitor: { samples: 500, ...monitor },
})

const input = top => (shape, share) => [
  { at: 'input', kind: 'gaussian', sigma: shapes[shape](number(top * share), 0) },
]

/** Each with the strongest noise a user might think of, at share 1. */
export const tasks = {
  'Fashion-MNIST, cnn, Gaussian noise on inputs': {
    recipe: recipeOf('cnn', 'fashion-mnist:train', 2e-3, { parts: small, epochs: 5 }),
    noise: input(0.4),
  },
  'MNIST, mlp, heavy noise on inputs': {
    recipe: recipeOf('mlp', 'mnist:train', 2e-3, { parts: large, epochs: 6 }),
    noise: input(1),
  },
  'Fashion-MNIST, mlp, noise on weights': {
    recipe: recipeOf('mlp', 'fashion-mnist:train', 2e-3, {
      ...{ parts: small, epochs: 6, suite: 'weights', samples: 200 },
    }),
    noise: (shape, share) => [
      { at: 'weight', kind: 'gaussian', relative: shapes[shape](number(0.1 * share), 0, 'batch') },
    ],
  },
  'Fashion-MNIST, mlp, label smoothing and mixup': {
    recipe: recipeOf('mlp', 'fashion-mnist:train', 2e-3, { parts: large, epochs: 6 }),
    noise: (shape, share) => [
      { at: 'target', kind: 'smoothing', amount: shapes[shape](number(0.3 * share), 0) },
      { at: 'mix', kind: 'mixup', alpha: shapes[shape](number(0.6 * share), 0.01, 'batch') },
    ],
  },
  'breast cancer (table of 30 columns), mlp, Gaussian noise': {
    recipe: recipeOf('mlp', table, 2e-3, {
      ...{ parts: { validation: 0.2, test: 0.3 }, epochs: 20, batch: 16, every: '2ep' },
    }),
    noise: input(0.8),
  },
  'spoken digits, log-mel features and mlp, white noise': {
    recipe: {
      ...recipeOf('mlp', digits, 2e-3, {
        ...{ parts: { validation: 0.2, test: 0.35, splitBy: 'sample' }, epochs: 10, batch: 32 },
      }),
      model: {
        network: 'mlp',
        features: { kind: 'log-mel', window: 0.032, hop: 0.032, fftSize: 256, bands: 24 },
        standardize: true,
      },
      preprocess: { seconds: 0.5 },
    },
    noise: (shape, share) => [
      { at: 'input', kind: 'white', snr: shapes[shape](louder(5, share), 40) },
    ],
    needs: digits,
  },
}

export const grid = Object.keys(shapes).flatMap(shape => shares.map(share => ({ shape, share })))
export const cellName = ({ shape, share }) => `${shape} ${share}`
