import { ModelError, sizeOf, type Tensor } from '../base/index.js'
import { createSession, type Device, type Session } from '../engine/index.js'
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
  return {
    outputKind: opened.output.kind,
    outputSize: opened.output.size,
    places: opened.output.places,
    weights: own ?? new Map(opened.parameters.map(p => [p.name, p.value.data])),
    parameters: opened.parameters,
    noisy: request => noisyPredictor(opened, options, request),
    async predict(samples, rows, weights = own) {
      if (!weights) return answer(opened, await sessions.constant(), {}, samples, rows, options)
      const feeds = feedsOf(opened, weights)
      return answer(opened, await sessions.fed(), feeds, samples, rows, options)
    },
    close: () => sessions.close(),
  }
}

/** The model twice: weights built in (fast), or fed with each call (to be disturbed). */
class ModelSessions {
  private readonly open = new Map<boolean, Promise<Session>>()

  constructor(
    private readonly opened: OpenedModel,
    private readonly options: PredictorOptions,
  ) {}

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
    const { sampleShape, preprocess, threads, device } = this.options
    const plain = dynamicGraph(this.opened, { sampleShape, preprocess })
    const graph = isFed ? feedParameters(plain, this.opened) : plain
    const made = createSession(writeModel({ ...this.opened.model, graph }), { threads, device })
    this.open.set(isFed, made)
    return made
  }
}

async function answer(
  opened: OpenedModel,
  session: Session,
  fed: Record<string, Tensor>,
  samples: Float32Array,
  rows: number,
  { sampleShape }: PredictorOptions,
): Promise<Float32Array> {
  const size = sizeOf(sampleShape)
  const chunk = fixedBatch(opened) ?? rows
  const { name, size: width } = opened.output
  const answers = new Float32Array(rows * width)
  for (let row = 0; row < rows; row += chunk) {
    const data = samples.subarray(row * size, (row + chunk) * size)
    const tensor = { dtype: 'float32' as const, shape: [chunk, ...sampleShape], data }
    const made = await session.run({ ...fed, [samplesInput]: tensor }, { [name]: null })
    answers.set(made[name].data as Float32Array, row * width)
  }
  return answers
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
