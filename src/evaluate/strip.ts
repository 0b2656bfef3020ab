/** The same few samples at growing strength, with every model's answers: what a report shows. */
import { sizeOf } from '../base/index.js'
import { type Dataset, limit } from '../data/index.js'
import type { Predictor } from '../model/index.js'
import { AnswerReader } from './answers.js'
import { isAttack } from './attack.js'
import { clipOf } from './disturb.js'
import { jobOf, sampleNoise } from './noising/noise-batch.js'
import type { Condition, Suite } from './suites/suite.js'

export interface StripModel {
  readonly name: string
  readonly predictor: Predictor
}

export interface StripOptions {
  readonly models: readonly StripModel[]
  readonly data: Dataset
  readonly suite: Suite
  readonly seed: number
  /** How many samples; default 5. */
  readonly samples?: number
}

/** One answer of one model to one sample. */
export interface StripPrediction {
  readonly model: string
  readonly label: string
  readonly confidence?: number
  readonly correct?: boolean
}

export interface StripCell {
  /** Values in physical units, `[channel, height, width]` or `[channel, samples]`. */
  readonly sample: Float32Array
  readonly predictions: readonly StripPrediction[]
}

export interface Strip {
  readonly kind: Dataset['kind']
  readonly shape: readonly number[]
  readonly sampleRate?: number
  readonly noise: string
  /** `clean`, then one a condition. */
  readonly columns: readonly string[]
  readonly rows: readonly { readonly label: string; readonly cells: readonly StripCell[] }[]
}

/** The suite's first kind of input noise on a few samples; undefined where there is none to show. */
export async function sampleStrip(options: StripOptions): Promise<Strip | undefined> {
  const { data, suite, seed, samples = 5 } = options
  const made = suite.conditions.filter(c => c.at === 'input' && !c.samples && !isAttack(c))
  const ladder = made.filter(c => c.kind === made[0]?.kind)
  if (!ladder.length || data.kind === 'vector' || !data.classes) return undefined
  const few = limit(data, samples, seed)
  const rows = []
  for (let index = 0; index < few.length; index++)
    rows.push(await rowOf(few, index, ladder, options))
  const { shape, sampleRate } = data
  const columns = ['clean', ...ladder.map(columnName)]
  return { kind: data.kind, shape, sampleRate, noise: describe(ladder[0], data), columns, rows }
}

const columnName = ({ level }: Condition) =>
  Object.entries(level)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')

function describe(condition: Condition, data: Dataset): string {
  const { kind } = condition
  const clip = clipOf(condition, data.kind)
  return `${kind} noise on inputs, ${clip ? `clipped to [${clip.join(', ')}]` : 'not clipped'}`
}

async function rowOf(
  data: Dataset,
  index: number,
  ladder: readonly Condition[],
  { models, seed }: StripOptions,
): Promise<Strip['rows'][number]> {
  const clean = new Float32Array(sizeOf(data.shape))
  await data.read(index, clean)
  const noisy = ladder.map(condition => {
    const out = new Float32Array(clean.length)
    sampleNoise(jobOf(condition, 0, { data, seed }), () => {})(clean, out, data.id(index))
    return out
  })
  const label = data.labels ? data.classes![data.labels[index]] : data.identity(index)
  const cells: StripCell[] = []
  for (const sample of [clean, ...noisy]) {
    const predictions = []
    for (const model of models) predictions.push(await predictionOf(model, data, sample, index))
    cells.push({ sample, predictions })
  }
  return { label, cells }
}

async function predictionOf(
  { name, predictor }: StripModel,
  data: Dataset,
  sample: Float32Array,
  index: number,
): Promise<StripPrediction> {
  const outputs = await predictor.predict(sample, 1)
  const { prediction, confidence } = new AnswerReader(predictor, data).top(outputs)
  const right = data.labels?.[index]
  return {
    model: name,
    label: data.classes?.[prediction] ?? String(prediction),
    confidence,
    ...(right !== undefined && { correct: prediction === right }),
  }
}
