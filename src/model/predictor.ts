import { ModelError, type Tensor } from '../base/index.js'
import {
  answerRows,
  createSession,
  type Device,
  Lanes,
  lanesFor,
  type RowModel,
  type Session,
  threadsAvailable,
} from '../engine/index.js'
import type { MemberSpread } from '../metrics/index.js'
import type { ActivationRequest } from '../noise/index.js'
import { writeModel } from '../onnx/index.js'
import { type NoisyPredictor, noisyPredictor } from './noisy-predictor.js'
import type { OpenedModel } from './open.js'
import type { OutputKind } from './output.js'
import type { Parameter } from './parameters.js'
import { samplesInput } from './prefix.js'
import type { Preprocess } from './preprocess.js'
import { dynamicGraph, feedParameters } from './static.js'

/** Weights by parameter name. */
export type Weights = ReadonlyMap<string, Float32Array>

/** Anything that answers samples: what is measured. */
export interface Predictor {
  /** What the answers are: told from the model's last operator. */
  readonly outputKind: OutputKind
  /** Numbers a sample in an answer. */
  readonly outputSize: number
  /** Answers a sample, one after another in `outputSize`; default 1. */
  readonly places?: number
  /**
   * Answers `[rows, outputSize]` to samples `[rows, ...sampleShape]` in physical units, with other
   * weights where some are given.
   */
  predict(samples: Float32Array, rows: number, weights?: Weights): Promise<Float32Array>
  /**
   * How many calls of `predict` may be under way at once; 1 unless it says otherwise. With more, the
   * samples are free again as soon as `predict` has returned.
   */
  readonly width?: number
  /**
   * The same with several sessions side by side, to be closed too; absent where one does as well.
   * `withWeights`: also those that take other weights, which answer in one session otherwise.
   */
  inLanes?(withWeights?: boolean): Promise<Predictor>
  /** How the members differ whose mean an answer is, where this is an ensemble and gave that answer. */
  spread?(answer: Float32Array): MemberSpread | undefined
  /** The present weights; absent where there are none to disturb. */
  readonly weights?: Weights
  /** What the weights are; present where they are. */
  readonly parameters?: readonly Parameter[]
  /** The same model with noise on activations; absent where there is no graph to put it in. */
  noisy?(request: ActivationRequest): NoisyPredictor
  close(): Promise<void>
}

export interface PredictorOptions {
  readonly sampleShape: readonly number[]
  readonly preprocess: Preprocess
  readonly threads?: number
  readonly device?: Device
  /** Current values by parameter name, read at each call; without it the file's own are built in. */
  readonly weights?: Weights
}

/** An opened model as a predictor of any number of rows. */
export async function modelPredictor(
  opened: OpenedModel,
  options: PredictorOptions,
): Promise<Predictor> {
  const own = options.weights
  const sessions = new ModelSessions(opened, options)
  await (own ? sessions.fed() : sessions.constant())
  const predictor: Predictor = {
    outputKind: opened.output.kind,
    outputSize: opened.output.size,
    places: opened.output.places,
    weights: own ?? new Map(opened.parameters.map(p => [p.name, p.value.data])),
    parameters: opened.parameters,
    noisy: request => noisyPredictor(opened, options, request),
    async predict(samples, rows, weights = own) {
      const { rowModel } = sessions
      if (!weights) return answerRows(await sessions.constant(), rowModel, samples, rows)
      const feeds = feedsOf(opened, weights)
      return answerRows(await sessions.fed(), rowModel, samples, rows, feeds)
    },
    close: () => sessions.close(),
  }
  const { threads = threadsAvailable(), device = 'cpu' } = options
  const weightBytes = opened.parameters.reduce((sum, p) => sum + p.value.data.byteLength, 0)
  const lanes = own || device !== 'cpu' ? 1 : lanesFor(weightBytes, threads)
  if (lanes === 1) return predictor
  const model = (isFed: boolean) => ({ ...sessions.rowModel, bytes: sessions.bytes(isFed) })
  return {
    ...predictor,
    async inLanes(withWeights = false) {
      const models = withWeights ? [model(false), model(true)] : [model(false)]
      return laned(predictor, opened, await Lanes.open(models, lanes, threads), withWeights)
    },
  }
}

/** Answers side by side; with other weights where the lanes have a second model, which is fed them. */
function laned(
  plain: Predictor,
  opened: OpenedModel,
  lanes: Lanes,
  withWeights: boolean,
): Predictor {
  return {
    ...plain,
    inLanes: undefined,
    width: lanes.width,
    predict(samples, rows, weights) {
      if (!weights) return lanes.answer(samples, rows)
      if (!withWeights) return plain.predict(samples, rows, weights)
      return lanes.answer(samples, rows, { model: 1, fed: feedsOf(opened, weights) })
    },
    close: () => lanes.close(),
  }
}

/** The model twice: weights built in (fast), or fed with each call (to be disturbed). */
class ModelSessions {
  private readonly open = new Map<boolean, Promise<Session>>()

  constructor(
    private readonly opened: OpenedModel,
    private readonly options: PredictorOptions,
  ) {}

  /** Throws ModelError for a file that insists on several samples at a time. */
  get rowModel(): Omit<RowModel, 'bytes'> {
    const { name: output, size: width } = this.opened.output
    const chunk = fixedBatch(this.opened)
    return { input: samplesInput, output, shape: this.options.sampleShape, width, chunk }
  }

  constant(): Promise<Session> {
    return this.session(false)
  }

  fed(): Promise<Session> {
    return this.session(true)
  }

  async close(): Promise<void> {
    for (const session of this.open.values()) await (await session).close()
  }

  private session(isFed: boolean): Promise<Session> {
    const known = this.open.get(isFed)
    if (known) return known
    const { threads, device, weights } = this.options
    // Several threads share a product of fed weights by its columns, and each way to share them
    // rounds otherwise; built-in weights are laid out beforehand, the same for any threads.
    const isSteady = isFed && !weights
    const made = createSession(this.bytes(isFed), { threads: isSteady ? 1 : threads, device })
    this.open.set(isFed, made)
    return made
  }

  /** The ONNX file of a session, its weights built in or fed. */
  bytes(isFed: boolean): Uint8Array {
    const { sampleShape, preprocess } = this.options
    const plain = dynamicGraph(this.opened, { sampleShape, preprocess })
    const graph = isFed ? feedParameters(plain, this.opened) : plain
    return writeModel({ ...this.opened.model, graph })
  }
}

/** The batch a file insists on: 1, or undefined where it leaves it free. */
function fixedBatch({ input }: OpenedModel): number | undefined {
  const first = input.shape?.[0]
  if (typeof first !== 'number') return undefined
  if (first === 1) return 1
  throw new ModelError(
    `model: its input "${input.name}" takes exactly ${first} samples at a time. Export it with a free batch, or with a batch of 1.`,
  )
}

function feedsOf({ parameters }: OpenedModel, weights: Weights): Record<string, Tensor> {
  return Object.fromEntries(
    parameters.map(({ name, shape, value }) => [
      name,
      { dtype: 'float32' as const, shape, data: weights.get(name) ?? value.data },
    ]),
  )
}
