import type { Builder } from '../onnx/index.js'
import type { Maths } from './maths.js'

/** A number a loss takes, with its range (both ends allowed) and default. */
export interface LossParameter {
  readonly about: string
  readonly low: number
  readonly high: number
  readonly default: number
  /** Only whole numbers. */
  readonly whole?: boolean
}

/**
 * What the model's output holds: `classes`: logits of exclusive classes along one axis; `binary`:
 * logits of independent yes-or-no questions; `values`: numbers to predict.
 */
export type LossOutput = 'classes' | 'binary' | 'values'

/** What a loss's formula sees: z is the output before a final Softmax or Sigmoid, t the targets. */
export interface LossScope extends Maths {
  readonly b: Builder
  readonly z: string
  readonly t: string
  /** The axis of the classes. */
  readonly axis: number
  /** The value of a parameter. */
  level(name: string): number
  /** A matrix given with the loss. */
  readonly transition?: readonly (readonly number[])[]
  /** ln p, p = softmax(z) along the class axis. */
  readonly logP: () => string
  readonly p: () => string
  /** Sum over the classes, an axis kept at size 1. */
  readonly overClasses: (x: string) => string
}

/** One loss: a row of the table `losses`. */
export interface Loss {
  readonly about: string
  readonly output: LossOutput
  readonly paper?: string
  readonly parameters: Readonly<Record<string, LossParameter>>
  /**
   * A loss over several copies of each sample (its parameter `copies`), side by side in the batch:
   * all of them noisy, or the first one clean.
   */
  readonly copies?: 'noisy' | 'first clean'
  /** Its targets depend on the answers of earlier epochs, which a training run remembers. */
  readonly remembers?: boolean
  /** Emits the loss of every position (class axis of size 1) or element; means are taken later. */
  readonly formula: (scope: LossScope) => string
}

/** l = -sum of t ln p */
export function crossEntropy({ t, logP, overClasses, mul, neg }: LossScope): string {
  return neg(overClasses(mul(t, logP())))
}
