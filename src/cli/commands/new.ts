import { writeFileSync } from 'node:fs'
import { InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../../base/index.js'
import type { FeatureKind, NetworkKind } from '../../networks/index.js'
import { type CommandSpec, wholeNumber } from '../command.js'
import { thousands } from '../percent.js'
import { rooms } from '../rooms.js'

export const newNetwork: CommandSpec = {
  name: 'new',
  summary: 'write a fresh network as ONNX, properly initialised from the seed',
  arguments: [{ name: '<kind>', summary: 'one of `temper list networks`' }],
  options: [
    new Option('--input <shape>', 'shape of one sample: 1x28x28')
      .argParser(readShape)
      .makeOptionMandatory(),
    new Option('--classes <n>', 'numbers it answers')
      .argParser(wholeNumber(1))
      .makeOptionMandatory(),
    new Option(
      '--features <kind>',
      'spectral features computed inside it: log-mel or mfcc (finer settings: model.features of a recipe)',
    ),
    new Option('--sample-rate <hertz>', 'of the recordings it takes; for --features').argParser(
      wholeNumber(1),
    ),
    new Option('--out <file>', 'where the ONNX file goes').makeOptionMandatory(),
  ],
  examples: [
    'temper new cnn --input 1x28x28 --classes 10 --out cnn.onnx',
    'temper new ds-cnn --features log-mel --sample-rate 16000 --input 1x16000 --classes 35 --out kws.onnx',
  ],
  async run([kind], { options, output }) {
    const { newNetwork: make } = await rooms.networks()
    const { writeModel } = await rooms.onnx()
    const { seed, input, classes, out, sampleRate, ...rest } = options as typeof options &
      NewOptions
    const features = rest.features === undefined ? undefined : { kind: rest.features }
    if (sampleRate !== undefined && !features)
      throw new UsageError('--sample-rate: it is for --features; without them it changes nothing.')
    if (features && sampleRate === undefined)
      throw new UsageError('--features: give --sample-rate too, in hertz.')
    const model = make(kind as NetworkKind, { input, classes, seed, features, sampleRate })
    const bytes = writeModel(model)
    writeFileSync(out, bytes)
    const parameters = [...model.graph.initializers]
      .filter(([name, t]) => t.dtype === 'float32' && !name.startsWith('features.'))
      .reduce((sum, [, t]) => sum + t.data.length, 0)
    output.print(`${out}: ${kind}, ${thousands(parameters)} parameters, seed ${seed}`)
    output.document({ file: out, kind, input, classes, seed, parameters, features: rest.features })
    return 0
  },
}

interface NewOptions {
  input: number[]
  classes: number
  out: string
  features?: FeatureKind
  sampleRate?: number
}

function readShape(text: string): number[] {
  const sizes = text.split(/[x,]/).map(Number)
  if (!sizes.every(size => Number.isInteger(size) && size >= 1))
    throw new InvalidArgumentError('Expected sizes joined by x, such as 1x28x28.')
  return sizes
}
