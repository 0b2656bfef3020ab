import { InvalidArgumentError, Option } from 'commander'
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

/** Adds a value to a flag that may be repeated. */
export const collect = (value: string, list: readonly string[] = []) => [...list, value]

/** Which values of a model are used: the flags `--input` and `--output`. */
export const valueOptions = (): Option[] => [
  new Option(
    '--input <name=value>',
    'a value for an input that the data does not feed (sr=16000); may be repeated',
  ).argParser(collect),
  new Option('--output <name>', 'which output, where the model has several'),
]

/** A speaker, a patient: what splits keep together. */
export const groupOption = (): Option =>
  new Option(
    '--group <column>',
    'column of a table that no split may divide (a speaker); no feature',
  )

/** Which samples, and how they become the model's input. */
export const dataOptions = (): Option[] => [
  new Option('--data <data>', 'a name (mnist:test) or a path').makeOptionMandatory(),
  new Option('--preprocess <file>', 'how samples become the input: scale, mean, std, size, layout'),
  new Option('--format <name>', 'the layout of the data, instead of the detected one'),
  new Option('--label <column>', 'label column of a table (default: the last)'),
  groupOption(),
  new Option('--limit <n>', 'a stratified, seeded subset').argParser(wholeNumber(1)),
  new Option('--first <n>', 'the first n samples').argParser(wholeNumber(1)),
  new Option('--skip <k>', 'every k-th sample').argParser(wholeNumber(1)),
]
