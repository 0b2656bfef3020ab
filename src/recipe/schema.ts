/** What a recipe may say, key by key; unknown keys are refused with the nearest right name. */
import { preprocessSchema } from '../model/index.js'
import { expecting, scheduleSchema, strictForm, timeSchema } from '../schedule/index.js'
import { featuresSchema } from './features.js'
import { count, decay, notNegative, positive, share, text, z } from './fields.js'
import { noiseSchema } from './noise.js'
import { conditionSchema, keepSchema } from './rules.js'

const model = strictForm({
  network: text.optional().describe('a fresh network, one of `temper list networks`'),
  features: featuresSchema
    .optional()
    .describe('spectral features of recordings, computed inside a fresh network'),
  standardize: z
    .boolean({ error: expecting('true or false') })
    .optional()
    .describe(
      'a fresh network begins with (x - mean) / deviation of each feature or channel of the training data',
    ),
  file: text.optional().describe('an ONNX file to go on from'),
  inputs: z
    .record(text, z.union([z.number(), z.array(z.number()).min(1)]), {
      error: expecting('a value by name of input'),
    })
    .optional()
    .describe('values for inputs of the file that the data does not feed'),
  output: text.optional().describe('which output is trained, where the file has several'),
  freeze: z.array(text).optional().describe('name patterns of parameters that stay as they are'),
})
  .refine(m => (m.network === undefined) !== (m.file === undefined), {
    message: 'expected either `network` (a fresh one) or `file` (an ONNX file).',
  })
  .refine(m => !m.standardize || m.file === undefined, {
    path: ['standardize'],
    message: 'expected with a fresh `network` only; for a file say mean and std in `preprocess`.',
  })
  .refine(m => m.features === undefined || m.file === undefined, {
    path: ['features'],
    message: 'expected with a fresh `network` only; a file computes its own features.',
  })

const data = strictForm({
  train: text.describe('DATA to train on: a name with a split, or a path'),
  validation: z
    .union([share, text], { error: expecting('a share between 0 and 1, or DATA') })
    .default(0.1)
    .describe('a share of the training data, held back by hash, or DATA of its own'),
  test: z
    .union([share, text], { error: expecting('a share between 0 and 1, or DATA') })
    .optional()
    .describe(
      'DATA measured once, at the end; or a share of the validation data of its own (else of the training data), kept unseen by hash',
    ),
  label: text.optional().describe('label column of a table'),
  group: text
    .optional()
    .describe(
      'column of a table that no split may divide (a speaker, a patient); shares then hold back whole groups',
    ),
  format: text.optional().describe('the layout, instead of the detected one'),
  splitBy: z
    .enum(['sample', 'group'], { error: expecting('sample or group') })
    .optional()
    .describe(
      'what shares hold back: samples, or whole groups (speakers); default: groups where `group` names them, else for the test alone where they are known',
    ),
  onBadSample: z
    .enum(['fail', 'skip'], { error: expecting('fail or skip') })
    .optional()
    .describe('whether an unreadable sample ends the run, or is left out; default fail'),
  limit: count.optional().describe('train on a stratified subset of this many samples'),
})

const optimizer = strictForm({
  kind: z
    .enum(['adam', 'adamw', 'sgd'], { error: expecting('adam, adamw or sgd') })
    .default('adam'),
  learningRate: scheduleSchema.default(1e-3).describe('a schedule; never below 0'),
  beta1: decay.default(0.9).describe('adam, adamw: decay of the mean of gradients'),
  beta2: decay.default(0.999).describe('adam, adamw: decay of the mean of squared gradients'),
  epsilon: notNegative.default(1e-8).describe('adam, adamw: added to the divisor'),
  momentum: decay.default(0).describe('sgd: share of the last step kept'),
  nesterov: z.boolean({ error: expecting('true or false') }).default(false),
  weightDecay: notNegative.default(0),
  clipNorm: positive.optional().describe('largest norm of the gradient over all parameters'),
  clipValue: positive.optional().describe('largest size of each value of the gradient'),
  clipAdaptive: positive
    .optional()
    .describe(
      'largest norm of the gradient of an output channel over that of its weights (usual: 0.01)',
    ),
  clipWeights: positive
    .optional()
    .describe(
      'after every update, the standard deviations of its tensor that no weight may exceed, on tensors of two axes or more (usual: 2.5); noise relative to the largest weight is then milder',
    ),
  groups: z
    .array(
      strictForm({
        match: text.describe('name pattern of parameters'),
        factor: positive.describe('what their learning rate is multiplied by'),
      }),
    )
    .optional()
    .describe('learning rates of their own; of several patterns that match, the first counts'),
  average: z
    .union([
      strictForm({ kind: z.literal('exponential'), decay: decay.default(0.999) }),
      strictForm({ kind: z.literal('stochastic'), from: timeSchema.default('75%') }),
    ])
    .optional()
    .describe(
      'checks and the model take an average of the weights: exponential (EMA), or the mean of all updates from a time on (SWA)',
    ),
})

const train = strictForm({
  epochs: count.default(5),
  batch: count.default(128),
  accumulate: count
    .default(1)
    .describe(
      'parts in which a batch is run, one after another, to save memory; one update a batch',
    ),
  loss: z
    .union([text, z.looseObject({ kind: text })], { error: expecting('the name of a loss') })
    .optional()
    .describe('one of `temper list losses`, alone or with its parameters'),
  classWeights: z
    .union([z.literal('balanced'), z.array(positive).min(2)], {
      error: expecting('balanced, or a weight a class'),
    })
    .optional()
    .describe(
      'how much the samples of each class count in the loss; balanced: samples / (classes x samples of the class)',
    ),
  sampling: z
    .enum(['shuffled', 'balanced'], { error: expecting('shuffled or balanced') })
    .default('shuffled')
    .describe('the order of an epoch; balanced: every class comes equally often'),
  curriculum: strictForm({
    share: scheduleSchema
      .default({ ramp: [0.3, 1], to: '60%' })
      .describe(
        'share of the training samples, of each class those with the lowest loss, that an epoch draws from: a schedule, read at the start of each epoch',
      ),
    from: timeSchema
      .default('1ep')
      .describe('every sample until then: the losses of an untrained network say little'),
  })
    .optional()
    .describe(
      'easy samples first, harder ones later: at the start of an epoch the model says what each sample costs it, in one forward pass over the training data, until the share is 1',
    ),
  batchNormalization: z
    .enum(['batch', 'frozen'], { error: expecting('batch or frozen') })
    .optional()
    .describe('batch statistics (default for a fresh network) or frozen ones (for a file)'),
  reestimateStatistics: z
    .boolean({ error: expecting('true or false') })
    .default(false)
    .describe('frozen batch normalisation: take its statistics anew at the end, if they do better'),
  checkpointEvery: timeSchema.default('1ep').describe('how often the whole state is saved'),
  keep: keepSchema
    .optional()
    .describe(
      'which weights are kept, such as "best robustScore" or "best noisyAccuracy with cleanAccuracy within 0.01 of its best"; default: the best noisyScore with cleanScore within monitor.maxCleanDrop of its best',
    ),
  stop: strictForm({
    patience: count.optional().describe('checks in a row without a better one to keep'),
    when: conditionSchema
      .optional()
      .describe('what is enough, such as "noisyAccuracy >= 0.9 and cleanAccuracy >= 0.95"'),
    after: timeSchema.default('0ep').describe('no end before this'),
  })
    .refine(stop => stop.patience !== undefined || stop.when !== undefined, {
      message: 'expected `patience` (checks without a better one) or `when` (what is enough).',
    })
    .optional()
    .describe('ending before the last epoch'),
})

const monitor = strictForm({
  suite: text
    .optional()
    .describe(
      "what the noisy measures are taken under; default: the usual suite of the data's kind",
    ),
  every: timeSchema.default('1ep'),
  samples: count
    .optional()
    .describe(
      'held-out samples looked at in a check, each under every condition of the suite; default: 400 to 1000, each under as many conditions, in turn, as keep checks under 5 % of the training',
    ),
  maxCleanDrop: share
    .default(0.01)
    .describe('clean accuracy the noise may cost; of a regression: relative rise of the error'),
  onOveruse: z
    .enum(['adjust', 'warn', 'stop'], { error: expecting('adjust, warn or stop') })
    .default('adjust')
    .describe('what to do when the measures say that noise is overused'),
  baseline: z
    .enum(['best', 'given'], { error: expecting('best or given') })
    .default('best')
    .describe('what the drop is counted from: the best check so far, or the model as it was given'),
  steer: strictForm({
    by: z
      .enum(['robustScore', 'noisyScore', 'cleanScore'], {
        error: expecting('robustScore, noisyScore or cleanScore'),
      })
      .default('robustScore')
      .describe('what is to get best; robustScore: the mean of clean and noisy'),
    every: timeSchema.default('10%').describe('how often other strengths are tried'),
    until: timeSchema.default('75%').describe('not after this'),
    trial: timeSchema.default('4%').describe('length of one branch'),
    ratio: z
      .number({ error: expecting('a number above 1') })
      .gt(1, { error: expecting('a number above 1') })
      .default(2)
      .describe('how much weaker and stronger the first branches are; later ones less'),
    first: positive.default(0.5).describe('gain at the start: mild, for nothing is learnt yet'),
    bound: positive.default(1.5).describe('highest gain; 1 is the strength of the recipe'),
  })
    .optional()
    .describe('finds the strength of the noise while training, by short branches'),
  seekStrongest: z
    .boolean({ error: expecting('true or false') })
    .default(false)
    .describe('raise and lower the noise to the most that the budget of clean score allows'),
})

export const recipeSchema = strictForm({
  model,
  data,
  preprocess: preprocessSchema.optional(),
  optimizer: optimizer.prefault({}),
  train: train.prefault({}),
  noise: z.array(noiseSchema, { error: expecting('a list of noises') }).default([]),
  monitor: monitor.prefault({}),
  seed: z
    .int({ error: expecting('a whole number of at least 0') })
    .min(0, { error: expecting('a whole number of at least 0') })
    .default(0),
})

/** A recipe with every default in place. */
export type Recipe = z.output<typeof recipeSchema>
/** A recipe as people write it. */
export type RecipeInput = z.input<typeof recipeSchema>
