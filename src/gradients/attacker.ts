import type { LossSpec } from '../autodiff/index.js'
import { type Key, sizeOf, UsageError } from '../base/index.js'
import type { OpenedModel, Weights } from '../model/index.js'
import {
  type Ascent,
  ascentOf,
  ascents,
  attack,
  completeLevel,
  type Level,
} from '../noise/index.js'
import { InputGradients, type InputGradientsOptions } from './input-gradients.js'

export interface AttackerOptions extends Omit<InputGradientsOptions, 'loss'> {
  /** Default `cross-entropy`. */
  readonly loss?: LossSpec
}

export interface AttackRequest {
  /** `fast_gradient_sign`, `projected_gradient` (L-infinity) or `projected_gradient_l2`. */
  readonly kind: string
  /** `radius`, and `steps`, `stepSize`, `start` where there are several steps; defaults fill in. */
  readonly level: Level
  /** `[rows, ...sampleShape]` in physical units. */
  readonly samples: Float32Array
  /** `[rows, outputs]`: one-hot or soft. */
  readonly targets: Float32Array
  readonly rows: number
  /** The draw of a row's random start. */
  readonly keyOf: (row: number) => Key
  /** Range every value is kept in. */
  readonly clip?: readonly [number, number] | null
  readonly weights?: Weights
}

/** Looks for the worst sample near each given one: white-box attacks on an opened model. */
export class Attacker {
  private readonly gradients: InputGradients

  constructor(
    opened: OpenedModel,
    private readonly options: AttackerOptions,
  ) {
    this.gradients = new InputGradients(opened, { loss: 'cross-entropy', ...options })
  }

  /** The samples moved, in an array of their own. Throws UsageError for an unknown kind or level. */
  async attack(request: AttackRequest): Promise<Float32Array> {
    const { kind, rows, keyOf, clip, targets, weights } = request
    const ascent = inputAscent(kind)
    const level = completeLevel(ascent, request.level, `attack ${kind}`)
    const { sampleShape: shape } = this.options
    const samples = request.samples.slice(0, rows * sizeOf(shape))
    await attack({
      ...{ ascent, samples, rows, shape, keyOf, clip, levelOf: () => level },
      gradientOf: (at, out) =>
        this.gradients.gradient({ rows, samples: at, targets, weights }, out),
    })
    return samples
  }

  close(): Promise<void> {
    return this.gradients.close()
  }
}

function inputAscent(kind: string): Ascent {
  const found = ascentOf('input', kind)
  if (found) return found
  const names = Object.keys(ascents.input).join(', ')
  throw new UsageError(`attack: expected one of ${names}, received "${kind}".`)
}
