import { DataError, expected } from '../base/index.js'
import {
  type DataOptions,
  type Dataset,
  inClasses,
  limit,
  openData,
  splitBy,
} from '../data/index.js'
import { modelPreprocess, physicalOptions } from '../model/index.js'
import type { Recipe } from './schema.js'

/** Training, validation and test data, of one shape; what has no DATA of its own is held back by hash. */
export async function openSets({ model, data, seed, ...recipe }: Recipe) {
  const own = model.file === undefined ? undefined : modelPreprocess(model.file)
  const preprocess = recipe.preprocess ?? own?.preprocess
  const options: DataOptions = {
    label: data.label,
    group: data.group,
    format: data.format,
    onBadSample: data.onBadSample,
    seed,
    ...physicalOptions(preprocess),
  }
  const opened = await openData(data.train, { ...options, preferSplit: 'train' })
  const all = inKnownClasses(opened, own?.classes)
  const chosen = data.limit === undefined ? all : limit(all, data.limit, seed)
  const open = async (text: string, preferSplit: string) => {
    const opened = await openData(text, { ...options, ...likeTraining(all), preferSplit })
    requireShape(opened, all, text)
    return opened
  }
  const validation =
    typeof data.validation === 'string' ? await open(data.validation, 'validation') : undefined
  const test = typeof data.test === 'string' ? await open(data.test, 'test') : undefined
  return divide({ train: chosen, validation, test }, data, seed)
}

/** Labels by the names of the classes the model knows, where it knows them all; else they are learned anew. */
function inKnownClasses(data: Dataset, known?: readonly string[]): Dataset {
  return data.classes?.every(name => known?.includes(name)) ? inClasses(data, known) : data
}

/** What other data must share with the training data: its classes in their order, its length. */
function likeTraining({ kind, shape, classes, targets, sampleRate }: Dataset): DataOptions {
  return {
    ...(classes && { classes }),
    ...(targets && { task: 'regression' as const }),
    ...(kind !== 'vector' && { channels: shape[0] }),
    ...(kind === 'audio' && { sampleRate, seconds: shape[1] / sampleRate! }),
  }
}

function requireShape({ shape }: Dataset, train: Dataset, text: string): void {
  if (String(shape) === String(train.shape)) return
  const wanted = `samples of [${train.shape.join(', ')}], as ${train.name} has`
  const advice = 'Say one `size` for all in `preprocess`, or give data of that shape.'
  throw new DataError(expected(`data ${text}`, wanted, `[${shape.join(', ')}]`, advice))
}

interface Sets {
  readonly train: Dataset
  readonly validation?: Dataset
  readonly test?: Dataset
}

/** Holds parts back by hash: the test part of the validation data, where it stands apart, first. */
function divide(sets: Sets, { validation, test, ...data }: Recipe['data'], seed: number) {
  const by = data.splitBy ?? (data.group === undefined ? undefined : 'group')
  const unseen =
    typeof test === 'number' ? hold(sets.validation ?? sets.train, test, seed, by) : null
  const kept = !unseen
    ? sets
    : sets.validation
      ? { ...sets, validation: unseen.kept, test: unseen.held }
      : { ...sets, train: unseen.kept, test: unseen.held }
  if (kept.validation) return { ...kept, validation: kept.validation }
  // Another key than that of the test part, whose rest holds no sample of a low hash.
  const parts = splitBy(kept.train, {
    fraction: validation as number,
    seed: unseen ? seed + 1 : seed,
    by,
  })
  return { ...kept, train: parts.kept, validation: parts.held }
}

/** Speakers and the like are kept whole where the data knows them. */
function hold(data: Dataset, fraction: number, seed: number, by?: 'sample' | 'group') {
  return splitBy(data, { fraction, seed, by: by ?? (data.group ? 'group' : 'sample') })
}
