import type { Key } from '../../base/index.js'
import type { Card } from '../types.js'

/** A place in a network where noise can enter: the value y of one node becomes a y + b. */
export interface ActivationSite {
  /** The name of the value. */
  readonly value: string
  /** Of the node that makes it; may be empty. */
  readonly name: string
  readonly op: string
  /** Where it stands: 0 at the first node that computes, 1 at the last. */
  readonly depth: number
  /** `[batch, ...]`, all known. */
  readonly shape: readonly number[]
}

/** The inputs that a graph was given at one site for one noise. */
export interface ActivationPort {
  readonly site: ActivationSite
  readonly noise: ActivationNoise
  /** Graph inputs of `shape`, where the noise uses them. */
  readonly scale?: string
  readonly shift?: string
  /** The shape of either input; 1 where an axis shares one number. */
  readonly shape: readonly number[]
}

/** What to fill for one sample of a port: arrays of its shape without the batch. */
export interface PortFill {
  readonly scale?: Float32Array
  readonly shift?: Float32Array
  /** The shape of the arrays. */
  readonly shape: readonly number[]
}

/** Noise on activations: each sample draws its own scale a and shift b for y = a x + b. */
export interface ActivationNoise extends Card {
  readonly at: 'activation'
  readonly uses: readonly ('scale' | 'shift')[]
  /** Which of the axes after the batch have a number for each place; all by default. */
  axes?(shape: readonly number[]): boolean[]
  /** Acts on the branches of residual connections only. */
  readonly residual?: boolean
  /** Writes a and b of one sample. The same arguments give the same bits. */
  fill(port: PortFill, level: Record<string, number>, key: Key): void
}
