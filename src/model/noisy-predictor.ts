import { sizeOf, type Tensor } from '../base/index.js'
import { createSession, type Session } from '../engine/index.js'
import { type ActivationRequest, allocatePort, feedsOf, type PortBuffers } from '../noise/index.js'
import { type Graph, writeModel } from '../onnx/index.js'
import { insertActivationNoise } from './activation-noise.js'
import type { OpenedModel } from './open.js'
import type { PredictorOptions, Weights } from './predictor.js'
import { samplesInput } from './prefix.js'
import { feedParameters, staticGraph } from './static.js'

/** Fills a row of a port's buffers with what row `of` of the samples draws. */
export type RowFill = (buffers: PortBuffers, row: number, of: number) => void

/** A model with noise on its activations. */
export interface NoisyPredictor {
  /** The values that the noise is on. */
  readonly touches: readonly string[]
  /** Answers `[rows, outputSize]`; `fill` draws the noise of each row, at each place. */
  predict(samples: Float32Array, rows: number, fill: RowFill): Promise<Float32Array>
  close(): Promise<void>
}

/** Floats that all ports together may take: what bounds the rows of a session call. */
const mostFloats = 2 ** 23
const mostRows = 256

/** A session call of a fixed number of rows, its ports and their buffers. */
interface Call {
  readonly session: Session
  readonly rows: number
  readonly buffers: readonly PortBuffers[]
}

/** An opened model with noise on its activations. Throws UsageError where the request matches none. */
export function noisyPredictor(
  opened: OpenedModel,
  options: PredictorOptions,
  request: ActivationRequest,
): NoisyPredictor {
  const graphOf = (rows: number) =>
    insertActivationNoise(staticGraph(opened, rows, options), [request])
  const { made } = opened.batch
  const isFixed = opened.batch.kind === 'fixed'
  const one = graphOf(isFixed ? made! : 1).ports[0]
  const floats = one.flatMap(({ inputs }) => inputs.map(({ shape }) => sizeOf(shape.slice(1))))
  const fitting = Math.floor(mostFloats / floats.reduce((a, b) => a + b, 1))
  const most = isFixed ? made! : Math.max(1, Math.min(mostRows, fitting))
  let call: Promise<Call> | undefined
  return {
    touches: one.map(({ site }) => site.value),
    async predict(samples, rows, fill) {
      // A single row is multiplied by another kernel of the runtime, which rounds otherwise.
      const atOnce = isFixed ? most : Math.min(most, Math.max(2, rows))
      call ??= openCall(opened, options, graphOf, atOnce)
      return predictAll(await call, { opened, options, samples, rows, fill })
    },
    async close() {
      if (call) await (await call).session.close()
    },
  }
}

async function openCall(
  opened: OpenedModel,
  { threads, device, weights }: PredictorOptions,
  graphOf: (rows: number) => ReturnType<typeof insertActivationNoise>,
  rows: number,
): Promise<Call> {
  const { graph, ports } = graphOf(rows)
  const fed: Graph = weights ? feedParameters(graph, opened) : graph
  const session = await createSession(writeModel({ ...opened.model, graph: fed }), {
    threads,
    device,
  })
  return { session, rows, buffers: ports[0].map(port => allocatePort(port)) }
}

interface Asked {
  readonly opened: OpenedModel
  readonly options: PredictorOptions
  readonly samples: Float32Array
  readonly rows: number
  readonly fill: RowFill
}

async function predictAll(call: Call, asked: Asked): Promise<Float32Array> {
  const { opened, options, rows } = asked
  const { name, size: width } = opened.output
  const answers = new Float32Array(rows * width)
  const weights = weightFeeds(opened, options.weights)
  for (let row = 0; row < rows; row += call.rows) {
    const here = Math.min(call.rows, rows - row)
    for (const buffers of call.buffers)
      for (let i = 0; i < here; i++) asked.fill(buffers, i, row + i)
    const feeds = Object.assign(
      { ...weights, ...samplesFeed(call, asked, row) },
      ...portFeeds(call),
    )
    const made = await call.session.run(feeds, { [name]: null })
    answers.set((made[name].data as Float32Array).subarray(0, here * width), row * width)
  }
  return answers
}

const portFeeds = ({ buffers }: Call) => buffers.map(feedsOf)

/** The rows of one call; a last one is filled up with zeros. */
function samplesFeed(call: Call, { samples, options }: Asked, row: number) {
  const size = sizeOf(options.sampleShape)
  const part = samples.subarray(row * size, (row + call.rows) * size)
  const data = new Float32Array(call.rows * size)
  data.set(part)
  const shape = [call.rows, ...options.sampleShape]
  return { [samplesInput]: { dtype: 'float32', shape, data } as Tensor }
}

function weightFeeds({ parameters }: OpenedModel, weights: Weights | undefined) {
  if (!weights) return {}
  return Object.fromEntries(
    parameters.map(({ name, shape, value }) => [
      name,
      { dtype: 'float32' as const, shape, data: weights.get(name) ?? value.data },
    ]),
  )
}
