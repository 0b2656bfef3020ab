/** When a model does badly on clean data, the preprocessing is the likeliest cause: it is tried out. */
import { sizeOf, wilsonInterval } from '../base/index.js'
import { type Dataset, limit, physicalRange } from '../data/index.js'
import type { Device } from '../engine/index.js'
import {
  modelPredictor,
  type OpenedModel,
  type Preprocess,
  preprocessSchema,
} from '../model/index.js'
import { type MeasuredSuite, measureSuite } from './measure.js'

const samplesTried = 256

/** Ways in which image models commonly want their input, plain [0, 1] first. */
const alternatives: readonly { readonly what: string; readonly preprocess: object }[] = [
  { what: 'scale: 1', preprocess: {} },
  { what: 'scale: 255', preprocess: { scale: 255 } },
  { what: 'mean: 0.5, std: 0.5', preprocess: { mean: 0.5, std: 0.5 } },
  {
    what: 'scale: 255, mean: 127.5, std: 127.5',
    preprocess: { scale: 255, mean: 127.5, std: 127.5 },
  },
  {
    what: 'mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]',
    preprocess: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  },
]

interface Where {
  readonly threads: number
  readonly device: Device
}

/** Sentences about figures that look like a mistake in how the model is fed. */
export async function suspicions(
  { clean }: MeasuredSuite,
  data: Dataset,
  preprocess: Preprocess | undefined,
  opened: OpenedModel | undefined,
  where: Where,
): Promise<string[]> {
  const { accuracy } = clean
  const range = await rangeSentence(data)
  if (accuracy === undefined || !data.classes || data.classes.length < 2) return range
  const canTry = opened && data.kind === 'image' && (!preprocess || accuracy < soundAccuracy)
  const better = canTry ? await tryOthers(opened, data, preprocess, where) : undefined
  const missing = opened && missingClasses(data, opened)
  const contradiction = opened && contradictionSentence(preprocess, opened)
  const chance = !better && nearChance(accuracy, data) ? chanceSentence(accuracy, data) : undefined
  return [...range, missing, contradiction, better, chance].filter(
    sentence => sentence !== undefined,
  )
}

/** Classes that are named by what is there have other numbers when one has no samples. */
function missingClasses({ name, classes = [] }: Dataset, { output }: OpenedModel) {
  const areNumbered = classes.every((known, label) => known === String(label))
  if (areNumbered || output.size <= Math.max(2, classes.length)) return undefined
  const [first, last] = [classes[0], classes.at(-1)]
  return `${name} has ${classes.length} classes and the model answers ${output.size}: "${first}" is taken for its class 0 and "${last}" for its class ${classes.length - 1}. Where classes have no samples, the labels after them are others; give every class a folder, or a row.`
}

/** Arrays of pixels or waveforms that are none: noise would count in other units, and clip them. */
async function rangeSentence(data: Dataset): Promise<string[]> {
  const range = physicalRange(data.kind)
  if (!range || !data.immediate) return []
  const [low, high] = range
  const sample = new Float32Array(sizeOf(data.shape))
  for (let i = 0; i < Math.min(rangeTried, data.length); i++) {
    await data.read(i, sample)
    const odd = sample.find(value => value < low || value > high)
    if (odd === undefined) continue
    const what = data.kind === 'image' ? 'pixels are' : 'waveforms are'
    return [
      `${data.name} holds ${Number(odd.toPrecision(4))}, and ${what} expected in [${low}, ${high}]: noise levels do not mean what they say, and noisy samples are clipped to that range. Give values before the model's own normalisation, with --preprocess, or say --format vectors if they are something else.`,
    ]
  }
  return []
}

const rangeTried = 64

/** Above this, preprocessing that was said is taken to be right. */
const soundAccuracy = 0.9

/** Where what was said is not what the file says of itself: its first layers saw other numbers. */
function contradictionSentence(
  said: Preprocess | undefined,
  { found }: OpenedModel,
): string | undefined {
  if (!said || found.source === undefined) return undefined
  const keys = ['scale', 'mean', 'std'] as const
  const differing = keys.filter(key => `${said[key]}` !== `${found.preprocess[key]}`)
  if (!differing.length) return undefined
  const show = (from: Preprocess) => differing.map(key => `${key} ${from[key]}`).join(', ')
  return `the model is fed other numbers than it saw: ${found.source} says ${show(found.preprocess)}, and ${show(said)} was given.`
}

/** Whether the clean accuracy could be guessing: its interval reaches chance. */
function nearChance(accuracy: number, { classes, length }: Dataset): boolean {
  const [low] = wilsonInterval(Math.round(accuracy * length), length)
  return low <= 1.2 / classes!.length
}

function chanceSentence(accuracy: number, { classes, name }: Dataset): string {
  return (
    `clean accuracy ${(100 * accuracy).toFixed(1)} % is near chance (${(100 / classes!.length).toFixed(1)} %) on ${name}. ` +
    'Likely causes: another scale, mean or std (--preprocess), another channel order or layout, labels in another order, or data of another task.'
  )
}

/** The first alternative that answers clearly more samples right than the preprocessing in use. */
async function tryOthers(
  opened: OpenedModel,
  data: Dataset,
  preprocess: Preprocess | undefined,
  where: Where,
): Promise<string | undefined> {
  const sample = limit(data, samplesTried, 0)
  const accuracyOf = (tried: Preprocess) => cleanAccuracy(opened, sample, tried, where)
  const now = await accuracyOf(preprocess ?? preprocessSchema.parse({}))
  const [, high] = wilsonInterval(Math.round(now * sample.length), sample.length)
  for (const { what, preprocess: change } of alternatives) {
    const tried = preprocessSchema.parse(change)
    if ([tried.mean].flat().length > 1 && sample.shape[0] !== 3) continue
    const accuracy = await accuracyOf(tried)
    const [low] = wilsonInterval(Math.round(accuracy * sample.length), sample.length)
    if (low > high)
      return `the model seems to be fed wrongly: ${(100 * now).toFixed(1)} % of ${sample.length} clean samples are right as it is, and ${(100 * accuracy).toFixed(1)} % with "${what}" in --preprocess.`
  }
  return undefined
}

async function cleanAccuracy(
  opened: OpenedModel,
  data: Dataset,
  preprocess: Preprocess,
  where: Where,
): Promise<number> {
  const predictor = await modelPredictor(opened, { sampleShape: data.shape, preprocess, ...where })
  try {
    const suite = { name: 'clean', preset: '', tldr: '', conditions: [] }
    const { clean } = await measureSuite({ predictor, data, suite, seed: 0 })
    return clean.accuracy ?? 0
  } finally {
    await predictor.close()
  }
}
