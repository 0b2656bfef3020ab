/** From what was asked for to the settings of a study, checked against data and model. */
import { expected, UsageError } from '../base/index.js'
import { type Look, runJob } from '../jobs/index.js'
import { type Plan, readSpace } from '../recipe/index.js'
import { defaultLearningRate, defaultNoises } from './default-space.js'
import { objectivesOf, usualObjectives } from './objectives.js'
import { gridSize } from './sampler/grid.js'
import { type SamplerName, samplers } from './sampler/index.js'
import { type Stopping, type StudySettings, stoppings } from './study/settings.js'

/** What a search may be told. */
export interface SettingsRequest {
  /** A recipe as data, with `{ search: ... }` in it; or model and data. */
  readonly recipe?: unknown
  /** An ONNX file to go on from, searched with the space that suits the data. */
  readonly model?: string
  readonly data?: string
  /** DATA that selects; default: a tenth of `data`, by hash. */
  readonly val?: string
  /** How samples become the file's input; default: as found in or beside it. */
  readonly preprocess?: unknown
  /** Of the data: layout, label and group column, size of a stratified subset. */
  readonly format?: string
  readonly label?: string
  readonly group?: string
  readonly limit?: number
  /** Default 30. */
  readonly trials?: number
  /** Epochs of a whole trial; default: the recipe's, or about 2,000 updates. */
  readonly epochs?: number
  /** Default tpe. */
  readonly sampler?: SamplerName
  /** Default asha. */
  readonly stopping?: Stopping
  /** A rung keeps one trial in so many, and the next is so many times as long; default 3. */
  readonly eta?: number
  /** Epochs before a trial may be stopped; default 1. */
  readonly grace?: number
  /** One measure or two, `meanAccuracy` or with a weight `meanAccuracy=2`; default clean and noisy accuracy (or RMSE). */
  readonly objectives?: readonly string[]
  /** How many of the best are trained again; default 3. */
  readonly finalists?: number
  /** Seeds that each of those has then; default 3; 1 leaves it out. */
  readonly repeats?: number
  readonly seed?: number
  readonly engine?: Plan['engine']
  readonly device?: 'cpu' | 'webgpu' | 'cuda'
}

const defaults = { trials: 30, eta: 3, grace: 1, finalists: 3, repeats: 3, seed: 0 }
const updates = 2000
const epochBounds = [3, 27] as const

type Given = Readonly<Record<string, unknown>>

/** Opens data and model in a child, completes the recipe and checks every end of the space. */
export async function settingsFor(request: SettingsRequest): Promise<StudySettings> {
  const numbers = numbersOf(request)
  const { sampler = 'tpe', stopping = 'asha', device = 'cpu' } = request
  refuseUnknown('--sampler', sampler, Object.keys(samplers))
  refuseUnknown('--stopping', stopping, Object.keys(stoppings))
  if (request.objectives) objectivesOf(request.objectives)
  const engine = request.engine ?? { column: 'portable' }
  const look = (recipe: unknown) =>
    runJob<Look>('look', { recipe, engine, threads: 1, device }, { purpose: 'run' })
  const { recipe, epochs } = await completed(request, numbers.seed, look)
  const found = await look(recipe)
  const usual = usualObjectives[found.hasClasses ? 'classes' : 'numbers']
  return {
    recipe,
    objectives: objectivesOf(request.objectives ?? usual),
    ...{ sampler, stopping, device, engine, epochs, ...numbers },
    trials: sampler === 'grid' ? gridSize(readSpace(recipe), numbers.trials) : numbers.trials,
    grace: Math.min(numbers.grace, epochs),
    content: contentOf(found),
  }
}

function contentOf({ train, validation, model, kind, samples }: Look): StudySettings['content'] {
  return { train, validation, ...(model !== undefined && { model }), kind, samples }
}

async function completed(
  request: SettingsRequest,
  seed: number,
  look: (recipe: unknown) => Promise<Look>,
) {
  const given = request.recipe === undefined ? await suited(request, look) : asked(request)
  const { epochs = 5 } = (given.train ?? {}) as { epochs?: number }
  const length = request.epochs ?? epochs
  if (!Number.isInteger(length) || length < 1)
    throw new UsageError(
      `recipe: train.epochs: expected a whole number of at least 1, received ${length}.`,
    )
  const recipe = {
    ...given,
    train: { ...(given.train as Given), epochs: length },
    monitor: { onOveruse: 'warn', every: '1ep', ...(given.monitor as Given) },
    seed,
  }
  return { recipe, epochs: length }
}

/** The recipe as it was given, if there is something to search in it. */
function asked({ recipe, ...request }: SettingsRequest): Given {
  const own = ['model', 'data', 'val', 'preprocess', 'format', 'label', 'group', 'limit'] as const
  const beside = own.find(name => request[name] !== undefined)
  if (beside)
    throw new UsageError(
      `--${beside}: a recipe names its own model and data. Give a recipe, or --model with --data.`,
    )
  if (typeof recipe !== 'object' || recipe === null || Array.isArray(recipe))
    throw new UsageError('recipe: expected keys and values: model, data, noise, ...')
  if (!readSpace(recipe).parameters.length)
    throw new UsageError(
      'recipe: it leaves nothing open. Write { search: { from: 0.01, to: 0.5, log: true } } in place of a value, { search: { choices: [...] } } or { search: { onOff: ... } }.',
    )
  return recipe as Given
}

/** A recipe that suits some data and a file: its noises, learning rate and length. */
async function suited(
  { model, data, val, preprocess, ...rest }: SettingsRequest,
  look: (recipe: unknown) => Promise<Look>,
): Promise<Given> {
  if (model === undefined || data === undefined)
    throw new UsageError('expected a recipe, or --model FILE with --data DATA.')
  const { format, label, group, limit } = rest
  const found = Object.entries({ format, label, group, limit }).filter(
    ([, value]) => value !== undefined,
  )
  const opening = {
    model: { file: model },
    data: { train: data, validation: val ?? 0.1, ...Object.fromEntries(found) },
    ...(preprocess !== undefined && { preprocess }),
  }
  const { kind, hasClasses, lengths } = await look(opening)
  const [least, most] = epochBounds
  const epochs = Math.min(most, Math.max(least, Math.round(updates / lengths.batchesPerEpoch)))
  return {
    ...opening,
    optimizer: { kind: 'adam', learningRate: defaultLearningRate(true), clipNorm: 1 },
    train: { epochs },
    noise: defaultNoises(kind, hasClasses),
    monitor: { samples: 2000 },
  }
}

function numbersOf(request: SettingsRequest) {
  const numbers = Object.fromEntries(
    Object.entries(defaults).map(([name, usual]) => [
      name,
      request[name as keyof typeof defaults] ?? usual,
    ]),
  ) as typeof defaults
  const least = { trials: 1, eta: 2, grace: 1, finalists: 1, repeats: 1, seed: 0 }
  for (const [name, value] of Object.entries(numbers))
    if (!Number.isSafeInteger(value) || value < least[name as keyof typeof defaults])
      throw new UsageError(
        `--${name}: expected a whole number of at least ${least[name as keyof typeof defaults]}, received ${value}.`,
      )
  return numbers
}

function refuseUnknown(flag: string, name: string, known: readonly string[]): void {
  if (!known.includes(name))
    throw new UsageError(expected(flag, `one of ${known.join(', ')}`, name))
}
