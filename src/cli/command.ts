import { InvalidArgumentError, type Option } from 'commander'
import type { Output } from './output.js'

/** The flags every command takes. */
export interface CommonOptions {
  json?: boolean
  quiet?: boolean
  seed: number
  threads?: number
  device: 'cpu' | 'webgpu' | 'cuda'
  [name: string]: unknown
}

export interface Context {
  readonly options: CommonOptions
  readonly output: Output
}

/** One command of the command line: what `--help` says of it, and what it does. */
export interface CommandSpec {
  readonly name: string
  readonly summary: string
  readonly arguments?: readonly { readonly name: string; readonly summary: string }[]
  readonly options?: readonly Option[]
  readonly examples: readonly string[]
  /** Returns the exit code; nothing stands for 0. */
  run(args: string[], context: Context): Promise<number | undefined>
}

/** Reads a whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+$/.test(text.trim()) || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`)
    return value
  }
}

/** Reads a number within [low, high]. */
export function numberWithin(low: number, high: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= low && value <= high))
      throw new InvalidArgumentError(`Expected a number from ${low} to ${high}.`)
    return value
  }
}
