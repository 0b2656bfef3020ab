/** From a recipe to everything a run needs, opened and checked, and its printable plan. */
import { copiesOf, type LossSpec, resolveLoss } from '../autodiff/index.js'
import { DataError, type Lengths, matcher, UsageError } from '../base/index.js'
import { batchesPerEpoch, channelMoments, type Dataset, featureDeviations } from '../data/index.js'
import { type OpenedModel, openModel, type Parameter, staticGraph } from '../model/index.js'
import type { KeepRule, StopRule } from '../monitor/index.js'
import { type NetworkKind, newNetwork } from '../networks/index.js'
import { writeModel } from '../onnx/index.js'
import { temperVersion, versions } from '../record/index.js'
import { parseSchedule, type Schedule } from '../schedule/index.js'
import { classWeightsOf } from './class-weights.js'
import { type Curriculum, curriculumOf } from './curriculum.js'
import { planOfMaterial, withMaterial } from './material.js'
import { passesOf } from './passes.js'
import type { Plan } from './plan.js'
import { openSets } from './resolve-data.js'
import { type ResolvedNoise, resolveNoises } from './resolve-noise.js'
import { keepRuleOf, stopRuleOf } from './rules.js'
import type { Recipe } from './schema.js'
import { sharingOf, statisticsOf } from './sessions.js'

export interface Resolved {
  readonly recipe: Recipe
  readonly plan: Plan
  readonly opened: OpenedModel
  readonly train: Dataset
  readonly validation: Dataset
  readonly test?: Dataset
  readonly lengths: Lengths
  readonly loss: LossSpec
  /** How often each sample stands in a batch, as the loss asks, and whether the first copy stays clean. */
  readonly copies: { readonly copies: number; readonly isFirstClean: boolean }
  readonly learningRate: Schedule
  readonly noises: readonly ResolvedNoise[]
  /** Which samples an epoch draws from; all where absent. */
  readonly curriculum?: Curriculum
  /** Which weights are kept. */
  readonly keep: KeepRule
  /** When the run may end early. */
  readonly stop?: StopRule
  /** Of the features of a table; noise on it counts in these. */
  readonly deviations?: Float32Array
  /** What the learning rate of a parameter is multiplied by. */
  readonly rateFactor: (parameter: Parameter) => number
  /** How much a sample of each class counts in the loss; all the same where absent. */
  readonly classWeights?: readonly number[]
  /** Whether the optimizer moves a parameter. */
  readonly isTrained: (parameter: Parameter) => boolean
}

export interface ResolveOptions {
  /** Default: portable operators. */
  readonly engine?: Plan['engine']
  readonly threads: number
  /** Sessions that share a batch, as a plan has them. Default: what the shapes choose. */
  readonly sessions?: number
  readonly device: string
  /** Data that is open already, in place of what the recipe names. */
  readonly sets?: Pick<Resolved, 'train' | 'validation' | 'test'>
}

/** Opens data and model, fills in every choice; throws UsageError, DataError or ModelError. */
export async function resolveRecipe(recipe: Recipe, options: ResolveOptions): Promise<Resolved> {
  const sets = options.sets ?? (await openSets(recipe))
  const opened = await openRecipeModel(recipe, sets.train)
  checkFit(opened, sets.train)
  const lengths = lengthsOf(recipe, sets.train)
  const learningRate = parseSchedule(recipe.optimizer.learningRate, {
    lengths,
    where: 'optimizer.learningRate',
  })
  const loss = lossOf(recipe, sets.train, opened)
  const curriculum = curriculumOf(recipe, lengths)
  const keep = keepRuleOf(recipe, sets.train)
  const stop = stopRuleOf(recipe, sets.train, lengths)
  const isTrained = trainedTest(recipe, opened)
  const classes = Math.max(opened.output.size, sets.train.labels ? 2 : 1)
  const plain = noisesOf(recipe, opened, sets.train)
  const noises = await withMaterial(plain, { data: sets.train, classes })
  const rateFactor = rateFactors(recipe, opened)
  const classWeights = classWeightsOf(recipe, sets.train)
  const deviations = sets.train.kind === 'vector' ? await featureDeviations(sets.train) : undefined
  const copies = copiesOf(loss)
  refuseAlike(copies.copies, noises)
  const parts = {
    recipe,
    loss,
    copies,
    opened,
    ...sets,
    lengths,
    learningRate,
    noises,
    curriculum,
    keep,
    stop,
    isTrained,
    rateFactor,
    classWeights,
    deviations,
  }
  return { ...parts, plan: await planOf(parts, learningRate.text, options) }
}

function lengthsOf({ train: { epochs, batch } }: Recipe, train: Dataset): Lengths {
  return {
    epochs,
    batchesPerEpoch: batchesPerEpoch(train, batch),
    samplesPerEpoch: train.length,
  }
}

/** The noises of a recipe against data and model; throws UsageError where they do not fit. */
export function noisesOf(recipe: Recipe, opened: OpenedModel, train: Dataset): ResolvedNoise[] {
  return resolveNoises(recipe.noise, {
    lengths: lengthsOf(recipe, train),
    data: train,
    parameters: opened.parameters,
    graph: () => noisedGraph(recipe, opened, train),
    isTrained: trainedTest(recipe, opened),
  })
}

async function openRecipeModel({ model, seed }: Recipe, data: Dataset): Promise<OpenedModel> {
  if (model.file !== undefined)
    return openModel(model.file, { sample: data.shape, inputs: model.inputs, output: model.output })
  const fresh = newNetwork(model.network as NetworkKind, {
    input: [...data.shape],
    classes: data.classes?.length ?? 1,
    seed,
    features: model.features,
    standardize: model.standardize ? await channelMoments(data) : undefined,
    sampleRate: data.sampleRate,
  })
  return openModel(writeModel(fresh))
}

/** The model as activation noise finds it: every shape known, preprocessing in front. */
function noisedGraph({ preprocess }: Recipe, opened: OpenedModel, { shape }: Dataset) {
  const options = { sampleShape: shape, preprocess: preprocess ?? opened.found.preprocess }
  return staticGraph(opened, opened.batch.made ?? 1, options)
}

function checkFit(opened: OpenedModel, data: Dataset): void {
  const { size } = opened.output
  if (!data.labels && !data.targets)
    throw new DataError(
      `data.train: ${data.name} has no labels, so there is nothing to learn from.`,
    )
  if (data.classes && Math.max(2, size) < data.classes.length)
    throw new DataError(
      `data.train: labels go up to ${data.classes.length - 1} (${data.classes.length} classes), and the model answers ${size} numbers. Give a model with ${data.classes.length} outputs.`,
    )
}

/**
 * The loss asked for, checked; by default squared error for numbers, binary cross-entropy where
 * answers end in a Sigmoid or are one number, cross-entropy for other classes.
 */
function lossOf({ train }: Recipe, data: Dataset, { output }: OpenedModel): LossSpec {
  const isBinary = output.kind === 'sigmoid' || output.size === 1
  const usual = isBinary ? 'binary-cross-entropy' : 'cross-entropy'
  const loss = (train.loss ?? (data.labels ? usual : 'mean-squared-error')) as LossSpec
  const { row, kind } = resolveLoss(loss, 'train.loss')
  if (row.remembers && data.classes?.length !== output.size)
    throw new UsageError(
      `train.loss: ${kind} remembers an answer a class, and ${data.name} has ${data.classes?.length ?? 'no'} classes where the model answers ${output.size} numbers.`,
    )
  if (row.output === 'classes' && output.size === 1)
    throw new UsageError(
      `train.loss: ${kind} compares classes, and the model answers one number a sample. Take binary-cross-entropy, or a loss of values.`,
    )
  return loss
}

/** A loss that compares noisy copies needs something to tell them apart. */
function refuseAlike(copies: number, noises: readonly ResolvedNoise[]): void {
  if (copies > 1 && !noises.some(({ entry }) => entry.at === 'input'))
    throw new UsageError(
      'train.loss: it compares noisy copies of each sample, and the recipe has no noise at: input, so they would all be alike. Add one, such as { at: input, kind: gaussian, sigma: 0.5 }.',
    )
}

function trainedTest({ model }: Recipe, { parameters }: OpenedModel): (p: Parameter) => boolean {
  const frozen = (model.freeze ?? []).map(pattern => matching(pattern, 'model.freeze', parameters))
  return p => p.role !== 'statistic' && !frozen.some(matches => matches(p.name))
}

/** The factor of the first group that a parameter is of, else 1. */
function rateFactors({ optimizer }: Recipe, { parameters }: OpenedModel): (p: Parameter) => number {
  const groups = (optimizer.groups ?? []).map(({ match, factor }, i) => ({
    factor,
    matches: matching(match, `optimizer.groups[${i}].match`, parameters),
  }))
  return p => groups.find(({ matches }) => matches(p.name))?.factor ?? 1
}

/** A pattern as a test; throws UsageError where it matches no parameter. */
function matching(
  pattern: string,
  where: string,
  parameters: readonly Parameter[],
): (name: string) => boolean {
  const matches = matcher(pattern)
  if (parameters.some(p => matches(p.name))) return matches
  const names = parameters.slice(0, 8).map(p => p.name)
  throw new UsageError(
    `${where}: the pattern "${pattern}" matches no parameter. There are ${names.join(', ')}.`,
  )
}

async function planOf(
  resolved: Omit<Resolved, 'plan'>,
  learningRate: string,
  options: ResolveOptions,
): Promise<Plan> {
  const { threads, device, engine = { column: 'portable' } } = options
  const { recipe, opened, train, validation, test, lengths } = resolved
  const sessions = options.sessions ?? sharingOf(resolved, options)
  const trained = opened.parameters.filter(resolved.isTrained).map(p => p.name)
  return {
    schema: 'temper.plan/1',
    version: temperVersion,
    versions: versions('onnxruntime-node'),
    seed: recipe.seed,
    device,
    threads,
    ...(sessions > 1 && { sessions }),
    model: {
      ...recipe.model,
      sha256: opened.sha256,
      parameters: opened.parameters.reduce((sum, p) => sum + p.length, 0),
      output: opened.output,
      trained,
      frozen: opened.parameters.map(p => p.name).filter(name => !trained.includes(name)),
    },
    data: {
      kind: train.kind,
      shape: [...train.shape],
      classes: train.classes && [...train.classes],
      train: await describe(train),
      validation: await describe(validation),
      test: test && (await describe(test)),
    },
    preprocess: preprocessOf(resolved),
    lengths: {
      ...lengths,
      batch: recipe.train.batch,
      steps: lengths.epochs * lengths.batchesPerEpoch,
    },
    optimizer: { ...recipe.optimizer, learningRate },
    train: {
      loss: resolved.loss,
      ...(resolved.copies.copies > 1 && resolved.copies),
      batchNormalization: statisticsOf(recipe),
      accumulate: recipe.train.accumulate,
      passesPerUpdate: passesOf(resolved),
      sampling: recipe.train.sampling,
      ...(resolved.curriculum && {
        curriculum: { share: resolved.curriculum.text, from: resolved.curriculum.from },
      }),
      ...(resolved.classWeights && { classWeights: [...resolved.classWeights] }),
      reestimateStatistics: recipe.train.reestimateStatistics,
      checkpointEvery: recipe.train.checkpointEvery,
      keep: resolved.keep.text,
      ...(recipe.train.stop && { stop: recipe.train.stop }),
    },
    noise: resolved.noises.map(planOfNoise),
    monitor: recipe.monitor,
    engine,
  }
}

/** As said or found; a fresh network on recordings takes them as its data has them. */
function preprocessOf({ recipe, opened, train }: Omit<Resolved, 'plan'>): Plan['preprocess'] {
  const said = recipe.preprocess ?? opened.found.preprocess
  const { sampleRate } = train
  if (recipe.model.file !== undefined || sampleRate === undefined) return said
  return { sampleRate, seconds: train.shape[1] / sampleRate, ...said }
}

function planOfNoise(noise: ResolvedNoise): Plan['noise'][number] {
  const { name, entry, levels, clip, share, probability, redraw, touches } = noise
  return {
    name,
    at: entry.at,
    kind: entry.kind,
    levels: Object.fromEntries(Object.entries(levels).map(([field, level]) => [field, level.text])),
    ...(entry.at === 'input' && {
      clip: clip ? ([...clip] as [number, number]) : ('none' as const),
      share,
    }),
    ...(entry.at === 'mix' && { probability }),
    window: entry.every ? `every ${entry.every} for ${entry.for ?? entry.every}` : 'always',
    ...(entry.start !== undefined && { start: startText(noise) }),
    redraw,
    touches: [...touches],
    ...planOfMaterial(noise.material),
  }
}

/** `2ep`, or `when cleanAccuracy >= 0.9, at the latest 60%`. */
function startText({ entry: { start }, start: resolved }: ResolvedNoise): string {
  if (typeof start === 'string') return start
  const latest = start?.atLatest ? `, at the latest ${start.atLatest}` : ''
  return `when ${resolved?.when?.text}${latest}`
}

async function describe(data: Dataset): Promise<Plan['data']['train']> {
  return {
    source: data.name,
    samples: data.length,
    sha256: await data.sha256(),
    hashed: data.hashed,
  }
}
