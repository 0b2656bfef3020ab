/** A made-up but complete input for the report: two models, three suites' worth of noise, two runs. */
import { keyOf, Random } from '../../src/base/index.js'
import type { Condition, Measures, RunEvent, Scorecard } from '../../src/record/index.js'
import type { ReportInput, ReportRun, SampleStrip } from '../../src/report/index.js'
import { parseLevel, traceSchedule } from '../../src/schedule/index.js'

const classes = [
  'T-shirt',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
]
const sigmas = [0.08, 0.12, 0.18, 0.26, 0.38]

function measures(accuracy: number, samples: number, overconfidence: number): Measures {
  const half = 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / samples)
  const reliability = Array.from({ length: 10 }, (_, i) => {
    const confidence = 0.1 * i + 0.05
    return {
      confidence,
      accuracy: Math.max(0, Math.min(1, confidence - overconfidence * (0.3 + confidence))),
      samples: 20 + i * i * 20,
    }
  })
  return {
    samples,
    accuracy,
    accuracyInterval: [accuracy - half, accuracy + half],
    loss: 1.4 - accuracy,
    nll: 1.4 - accuracy,
    brier: 1.2 * (1 - accuracy),
    ece: overconfidence,
    entropy: 0.4,
    classAccuracy: classes.map((_, i) => Math.min(1, accuracy * (0.8 + 0.03 * ((i * 7) % 10)))),
    reliability,
  }
}

interface Shape {
  readonly name: string
  readonly clean: number
  readonly under: (strength: number) => number
  readonly seen: boolean
}

function conditionsOf({ clean, under, seen }: Shape, samples: number): Condition[] {
  const condition = (fields: Partial<Condition>, strength: number): Condition => {
    const accuracy = under(strength)
    return {
      at: 'input',
      kind: 'gaussian',
      severity: 1,
      level: null,
      clip: [0, 1],
      seen: false,
      measures: measures(accuracy, samples, (clean - accuracy) * (seen ? 0.2 : 0.6) + 0.02),
      drop: clean - accuracy,
      relativeDrop: (clean - accuracy) / clean,
      flipRate: (clean - accuracy) * 1.1,
      ...fields,
    }
  }
  return [
    ...sigmas.map((level, i) =>
      condition({ severity: i + 1, level, levelName: 'sigma', seen }, level / 0.38),
    ),
    ...[30, 20, 10].map((level, i) =>
      condition(
        { kind: 'white_noise', severity: i + 1, level, levelName: 'snrDb', clip: 'none' },
        0.25 * (i + 1),
      ),
    ),
    ...[1, 2, 3, 4, 5].map(severity =>
      condition({ kind: 'jpeg_compression', severity }, 0.08 * severity),
    ),
    ...[1, 2, 5, 10].map((level, i) =>
      condition(
        {
          at: 'weight',
          severity: i + 1,
          level: level / 100,
          levelName: 'relative',
          clip: null,
          draws: 5,
        },
        level / 14,
      ),
    ),
  ]
}

function scorecard(shape: Shape, samples: number): Scorecard {
  const conditions = conditionsOf(shape, samples)
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length
  const meanAccuracy = mean(conditions.map(c => c.measures.accuracy!))
  return {
    schema: 'temper.scorecard/1',
    name: shape.name,
    version: '0.1.0',
    seed: 0,
    device: 'cpu',
    threads: 2,
    model: {
      file: `${shape.name}.onnx`,
      sha256: shape.name.padEnd(64, '3c9a'),
      parameters: 421642,
      classes: 10,
    },
    data: { source: 'fashion-mnist:test', samples, classes },
    suite: { name: 'gaussian', preset: null },
    clean: measures(shape.clean, samples, 0.02),
    conditions,
    summary: {
      cleanAccuracy: shape.clean,
      meanAccuracy,
      meanAccuracyInterval: [meanAccuracy - 0.006, meanAccuracy + 0.006],
      meanDrop: shape.clean - meanAccuracy,
      meanEce: mean(conditions.map(c => c.measures.ece!)),
    },
    timing: { samplesPerSecond: 8123.4 },
    machine: {
      cpu: 'Example CPU 2.5 GHz',
      cores: 2,
      memoryBytes: 8 * 2 ** 30,
      architecture: 'x64',
      system: 'linux 6.1',
    },
    versions: { temper: '0.1.0', node: '20.20.2', 'onnxruntime-node': '1.30.0' },
  }
}

export const plainCard = scorecard(
  { name: 'plain', clean: 0.857, under: s => 0.857 - 0.6 * s ** 0.9, seen: false },
  10000,
)
export const temperedCard = scorecard(
  { name: 'tempered', clean: 0.849, under: s => 0.849 - 0.13 * s ** 1.4, seen: true },
  10000,
)

const lengths = { epochs: 5, batchesPerEpoch: 100, samplesPerEpoch: 12800 }

export function run(name: string, noisy: number): ReportRun {
  const noised = name !== 'plain'
  const level = parseLevel({ uniform: [0, { ramp: [0.1, 0.4], to: '60%' }] }, { lengths })
  const rate = parseLevel({ warmUp: '20%', value: { cosine: [1e-3, 1e-5] } }, { lengths })
  const epochs = [1, 2, 3, 4, 5].flatMap((epoch): RunEvent[] => {
    const share = 1 - Math.exp(-epoch / 1.5)
    const step = epoch * 100
    return [
      {
        type: 'epoch',
        time: step,
        epoch,
        step,
        loss: 1.6 - noisy - 0.8 * share,
        learningRate: 1e-3,
      },
      {
        type: 'check',
        time: step,
        step,
        clean: measures(0.88 * share, 1000, 0.02),
        noisy: measures(noisy * share, 1000, 0.05),
        noisyLoss: 1 - 0.5 * share,
        cleanLoss: 0.8 - 0.5 * share,
        levels: noised
          ? { 'input gaussian sigma': Math.min(0.2, 0.06 * epoch) * (epoch > 3 ? 0.7 : 1) }
          : {},
      },
      { type: 'checkpoint', time: step, step },
    ]
  })
  const decided: RunEvent[] = [
    {
      type: 'overuse',
      time: 301,
      step: 300,
      noise: 'input gaussian',
      reason: 'clean accuracy is 2.1 points below the best check, more than the 1.0 allowed',
      evidence: {},
    },
    {
      type: 'adjust',
      time: 302,
      step: 300,
      noise: 'input gaussian',
      gain: 0.7,
      hold: 0,
      reason: 'overused: level lowered by the factor 0.7',
    },
    {
      type: 'end',
      time: 600,
      best: { step: 500, reason: 'best noisy accuracy with clean within 0.01 of the best clean' },
    },
  ]
  return {
    name,
    events: [...epochs, ...(noised ? decided : decided.slice(2))],
    plan: { train: { epochs: 5, batch: 128 }, seed: 0 },
    schedules: [
      ...(noised
        ? [
            {
              name: 'input gaussian sigma',
              text: level.text,
              points: traceSchedule(level, lengths),
            },
          ]
        : []),
      { name: 'learning rate', text: rate.text, points: traceSchedule(rate, lengths) },
    ],
  }
}

/** A shape on black, with Gaussian noise added and clipped to [0, 1]. */
function picture(row: number, sigma: number) {
  const random = new Random(keyOf(0, 'report fixture', row))
  const data = Float32Array.from({ length: 28 * 28 }, (_, i) => {
    const [x, y] = [(i % 28) - 13.5, Math.floor(i / 28) - 13.5]
    const inside = [
      Math.abs(x) + Math.abs(y) < 12,
      x * x + y * y < 110,
      Math.max(Math.abs(x) * 1.6, Math.abs(y)) < 11,
    ][row % 3]
    return Math.min(1, Math.max(0, (inside ? 0.55 + y / 40 : 0) + sigma * random.normal()))
  })
  return { data, shape: [1, 28, 28] as const }
}

export const samples: SampleStrip = {
  noise: 'gaussian noise on inputs, clipped to [0, 1]',
  columns: ['clean', ...sigmas.map(sigma => `sigma ${sigma}`)],
  rows: [6, 2, 9].map((label, row) => ({
    label: classes[label],
    cells: [0, ...sigmas].map((sigma, i) => ({
      image: picture(row, sigma),
      predictions: [
        {
          model: 'plain',
          label: i > 2 ? 'Bag' : classes[label],
          confidence: 0.93 - 0.05 * i,
          correct: i <= 2,
        },
        { model: 'tempered', label: classes[label], confidence: 0.9 - 0.06 * i, correct: true },
      ],
    })),
  })),
}

export const fullInput: ReportInput = {
  scorecards: [plainCard, temperedCard],
  comparison: {
    clean: { value: -0.008, interval: [-0.013, -0.003] },
    mean: { value: 0.207, interval: [0.201, 0.213] },
  },
  runs: [run('plain', 0.5), run('tempered', 0.8)],
  samples,
  command: 'temper demo --data fashion-mnist',
}
