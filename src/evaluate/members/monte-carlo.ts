/** Monte-Carlo estimates with noise on activations left on (Gal & Ghahramani 2016). */
import { expected, keyOf, UsageError } from '../../base/index.js'
import type { OpenedModel, Predictor, RowFill } from '../../model/index.js'
import {
  type ActivationRequest,
  completeLevel,
  fillRow,
  type Level,
  noiseOf,
  spreadRow,
} from '../../noise/index.js'
import type { Graph, Node } from '../../onnx/index.js'
import type { Member } from './ensemble.js'

export interface MonteCarloOptions {
  /** Passes over each sample; at least 2. */
  readonly passes: number
  /**
   * The noise that stays on: an activation noise with its level, as a recipe says it. Default: the
   * model's own Dropout nodes, else dropout at rate 0.1 behind its non-linear operators.
   */
  readonly noise?: MonteCarloNoise
}

export interface MonteCarloNoise {
  readonly kind: string
  readonly match?: string
  readonly depth?: readonly [number, number]
  /** Level fields of the kind. */
  readonly [level: string]: unknown
}

const usualRate = 0.1

/** Each pass is one sub-network, the same for every sample (Kirsch et al. 2019, consistent dropout). */
export function monteCarlo(
  predictor: Predictor,
  opened: OpenedModel | undefined,
  { passes, noise }: MonteCarloOptions,
  seed: number,
): {
  readonly members: readonly Member[]
  readonly noise: MonteCarloNoise
  touches: readonly string[]
} {
  if (!(Number.isInteger(passes) && passes > 1))
    throw new UsageError(expected('--monte-carlo', 'a whole number of passes from 2', passes))
  if (!predictor.noisy || !opened)
    throw new UsageError(
      '--monte-carlo: noise on activations needs a model that is one file; this predictor has no graph to put it in.',
    )
  const chosen = noise ?? ownDropout(opened.model.graph) ?? { kind: 'dropout', rate: usualRate }
  const { request, level } = requestOf(chosen)
  const noisy = predictor.noisy(request)
  const members = Array.from({ length: passes }, (_, pass): Member => {
    const { outputKind, outputSize, places } = predictor
    return {
      ...{ outputKind, outputSize, places },
      predict: (samples, rows) => noisy.predict(samples, rows, fillOf(pass, level, chosen, seed)),
      close: async () => (pass === 0 ? noisy.close() : undefined),
    }
  })
  return { members, noise: chosen, touches: noisy.touches }
}

function fillOf(pass: number, level: Level, { kind }: MonteCarloNoise, seed: number): RowFill {
  return (buffers, row) => {
    if (row > 0) return
    const purpose = `monte-carlo ${kind} ${buffers.port.site.value}`
    fillRow(buffers, 0, level, keyOf(seed, purpose, pass))
    spreadRow(buffers, 0)
  }
}

function requestOf({ kind, match, depth, ...given }: MonteCarloNoise) {
  const noise = noiseOf('activation', kind, '--monte-carlo-noise')
  const level = completeLevel(noise, given as Level, '--monte-carlo-noise')
  const where = '--monte-carlo-noise'
  const request: ActivationRequest = { noise, match, depth, fields: Object.keys(given), where }
  return { request, level }
}

/** The model's own Dropout nodes at their rate; undefined where there are none. */
function ownDropout(graph: Graph): MonteCarloNoise | undefined {
  const nodes = graph.nodes.filter(({ op, domain }) => op === 'Dropout' && domain === '')
  const rates = new Set(nodes.map(node => rateOf(node, graph)))
  if (rates.size > 1)
    throw new UsageError(
      `--monte-carlo: the model's Dropout nodes drop ${[...rates].join(', ')}. Say one rate with --monte-carlo-noise "{ kind: dropout, match: Dropout, rate: ${[...rates][0]} }".`,
    )
  const [rate] = rates
  return rate ? { kind: 'dropout', match: 'Dropout', rate } : undefined
}

function rateOf({ inputs }: Node, { initializers }: Graph): number {
  const given = initializers.get(inputs[1])
  return given ? Number(given.data[0]) : 0.5
}
