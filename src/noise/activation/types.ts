import type { Key } from '../../base/index.js'
import type { Builder } from '../../onnx/index.js'
import type { Card } from '../types.js'

/** A place in a network where noise can enter: the value y of one node. */
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

/** What an input of a noisy graph is for, and its value where the noise does nothing. */
export const portRoles = {
  /** a of a y + b. */
  scale: { identity: 1, per: 'element' },
  /** b of a y + b. */
  shift: { identity: 0, per: 'element' },
  /** c of y + c max|y|, the largest of the sample. */
  relativeShift: { identity: 0, per: 'element' },
  /** Whole steps a converter counts up; 0 lets y pass. */
  steps: { identity: 0, per: 'sample' },
  /** The largest value a converter tells apart; 0 where it is the sample's own. */
  limit: { identity: 0, per: 'sample' },
  /** 1 where a converter's largest value is the sample's own. */
  own: { identity: 1, per: 'sample' },
  /** Added before rounding. */
  dither: { identity: 0, per: 'element' },
  /** Bits to flip of a two's complement integer, itself as such an integer. */
  mask: { identity: 0, per: 'element' },
} as const

export type PortRole = keyof typeof portRoles

/** The inputs that a graph was given at one site for one noise. */
export interface ActivationPort {
  readonly site: ActivationSite
  readonly noise: ActivationNoise
  /** Names and shapes of the graph's new inputs. */
  readonly inputs: readonly PortInput[]
  /** Where it stands among the ports of its request: 1 / n, ..., 1. */
  readonly position: number
}

export interface PortInput {
  readonly role: PortRole
  readonly name: string
  /** `[batch, ...]`; 1 where an axis shares one number. */
  readonly shape: readonly number[]
}

/** What to fill for one sample of a port: the arrays of its roles, without the batch. */
export interface PortFill extends Partial<Readonly<Record<PortRole, Float32Array>>> {
  /** The shape of the arrays that have a number for each element. */
  readonly shape: readonly number[]
  /** Where the port stands among those of its request: 1 / n, ..., 1. */
  readonly position: number
}

/** What a noise puts behind a value y of a graph. */
export interface FormScope {
  readonly b: Builder
  readonly y: string
  /** The name of the graph input of a role; undefined where the port has none. */
  input(role: PortRole): string | undefined
  /** `value` forward; backward the gradient goes to `carrier` alone (to nothing without one). */
  straightThrough(value: string, carrier?: string): string
}

/** Noise on activations: each sample draws its own numbers, which are inputs of the graph. */
export interface ActivationNoise extends Card {
  readonly at: 'activation'
  /** The inputs it needs, where these fields of its level are given. */
  roles(fields: readonly string[]): readonly PortRole[]
  /** Emits the noisy value; y itself, bit for bit, where every input holds its identity. */
  emit(scope: FormScope): string
  /** Which of the axes after the batch have a number for each place; all by default. */
  axes?(shape: readonly number[]): boolean[]
  /** Acts on the branches of residual connections only. */
  readonly residual?: boolean
  /** Acts on the outputs of these operators, where nothing else is said. */
  readonly usual?: readonly string[]
  /** Writes the arrays of one sample. The same arguments give the same bits. */
  fill(port: PortFill, level: Record<string, number>, key: Key): void
}
