import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DataError, keyOf, Random, sizeOf } from '../base/index.js'
import { type Dataset, subset } from '../data/index.js'
import { modelPredictor, openModel, type Preprocess } from '../model/index.js'
import { checkRecipe, resolveRecipe } from '../recipe/index.js'
import { startRun } from './train.js'

export interface CrossValidateOptions {
  /** Parts the data is cut into; each is predicted by a network trained on the others. Default 3. */
  readonly folds?: number
  readonly seed: number
  readonly threads: number
  readonly signal?: AbortSignal
  /** Called when a part is done. */
  readonly onFold?: (done: number, of: number) => void
}

/** Updates a network gets, about: enough to learn its classes, too few to learn wrong labels by heart. */
const updates = 250
/** Noise on the samples keeps it from that, too: of pixels, and of deviations of a feature. */
const sigma = { image: 0.1, vector: 0.5 }
const batch = 32

/**
 * Probabilities `[samples, classes]` of each sample from a small network that was not trained on it
 * (stratified parts). Throws DataError where some class has fewer samples than there are parts.
 */
export async function crossValidated(
  data: Dataset,
  options: CrossValidateOptions,
): Promise<Float32Array> {
  const { folds = 3, onFold } = options
  const part = partsOf(data, folds, options.seed)
  const classes = data.classes!.length
  const out = new Float32Array(data.length * classes)
  for (let fold = 0; fold < folds; fold++) {
    const indices = (isHeld: boolean) =>
      Uint32Array.from({ length: data.length }, (_, i) => i).filter(
        i => (part[i] === fold) === isHeld,
      )
    const held = indices(true)
    const sets = { train: subset(data, indices(false)), validation: subset(data, held) }
    const rows = await predicted(sets, options)
    for (const [row, index] of held.entries())
      out.set(rows.subarray(row * classes, (row + 1) * classes), index * classes)
    onFold?.(fold + 1, folds)
  }
  return out
}

/** The part of each sample: those of a class are dealt out in a random order. */
function partsOf({ labels, classes, name, length }: Dataset, folds: number, seed: number) {
  if (!labels || !classes) throw new DataError(`${name}: it has no class labels.`)
  const members: number[][] = classes.map(() => [])
  for (let i = 0; i < length; i++) members[labels[i]].push(i)
  const part = new Uint8Array(length)
  const random = new Random(keyOf(seed, 'cross-validation'))
  for (const [label, samples] of members.entries()) {
    if (samples.length < folds)
      throw new DataError(
        `${name}: class "${classes[label]}" has ${samples.length} samples, fewer than the ${folds} parts to be predicted in turn.`,
      )
    for (const [i, sample] of random.shuffle(samples).entries()) part[sample] = i % folds
  }
  return part
}

interface Sets {
  readonly train: Dataset
  readonly validation: Dataset
}

/** Trains on the one set and predicts the other, in a folder that is removed. */
async function predicted(
  sets: Sets,
  { seed, threads, signal }: CrossValidateOptions,
): Promise<Float32Array> {
  const folder = mkdtempSync(join(tmpdir(), 'temper-check-'))
  try {
    const given = recipeFor(sets.train, seed)
    const resolved = await resolveRecipe(checkRecipe(given), { threads, device: 'cpu', sets })
    const settled = { threads, device: 'cpu', signal } as const
    const { model } = await startRun(resolved, given, join(folder, 'run'), settled)
    signal?.throwIfAborted()
    return await probabilities(model!, sets.validation, resolved.plan.preprocess as Preprocess)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A small network for each kind of samples. */
function recipeFor(train: Dataset, seed: number) {
  const epochs = Math.min(24, Math.max(4, Math.round((updates * batch) / train.length)))
  return {
    model: networkFor(train),
    data: { train: train.name },
    optimizer: { learningRate: { cosine: [2e-3, 1e-5] } },
    train: { epochs, batch },
    noise:
      train.kind === 'audio' ? [] : [{ at: 'input', kind: 'gaussian', sigma: sigma[train.kind] }],
    monitor: { every: '100%', samples: 10, onOveruse: 'warn' },
    seed,
  }
}

function networkFor({ kind, shape, sampleRate }: Dataset) {
  const [channels, length] = shape
  if (kind === 'image') return { network: Math.min(...shape.slice(1)) >= 8 ? 'cnn' : 'mlp' }
  const isLong = kind === 'audio' && channels === 1 && length / sampleRate! > 0.1
  if (isLong) return { network: 'cnn', features: { kind: 'log-mel', hop: 0.02, bands: 24 } }
  return { network: shape.length === 2 && length >= 16 ? 'cnn1d' : 'mlp', standardize: true }
}

async function probabilities(
  model: string,
  data: Dataset,
  preprocess: Preprocess,
): Promise<Float32Array> {
  const predictor = await modelPredictor(await openModel(model), {
    sampleShape: data.shape,
    preprocess,
  })
  const size = sizeOf(data.shape)
  const rows: Float32Array[] = []
  const sample = new Float32Array(size)
  for (let i = 0; i < data.length; i++) {
    await data.read(i, sample)
    rows.push(softmax(await predictor.predict(sample, 1)))
  }
  await predictor.close()
  return Float32Array.from(rows.flatMap(row => [...row]))
}

function softmax(logits: Float32Array): Float32Array {
  const most = Math.max(...logits)
  const weights = logits.map(value => Math.exp(value - most))
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map(weight => weight / sum)
}
