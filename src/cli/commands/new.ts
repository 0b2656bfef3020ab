import { writeFileSync } from 'node:fs'
import { InvalidArgumentError, Option } from 'commander'
import type { NetworkKind } from '../../networks/index.js'
import { type CommandSpec, wholeNumber } from '../command.js'
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
    new Option('--out <file>', 'where the ONNX file goes').makeOptionMandatory(),
  ],
  examples: ['temper new cnn --input 1x28x28 --classes 10 --out cnn.onnx'],
  async run([kind], { options, output }) {
    const { newNetwork: make } = await rooms.networks()
    const { writeModel } = await rooms.onnx()
    const { seed, input, classes, out } = options as typeof options & NewOptions
    const model = make(kind as NetworkKind, { input, classes, seed })
    const bytes = writeModel(model)
    writeFileSync(out, bytes)
    const parameters = [...model.graph.initializers.values()]
      .filter(t => t.dtype === 'float32')
      .reduce((sum, t) => sum + t.data.length, 0)
    output.print(`${out}: ${kind}, ${parameters.toLocaleString('en')} parameters, seed ${seed}`)
    output.document({ file: out, kind, input, classes, seed, parameters })
    return 0
  },
}

interface NewOptions {
  input: number[]
  classes: number
  out: string
}

function readShape(text: string): number[] {
  const sizes = text.split(/[x,]/).map(Number)
  if (!sizes.every(size => Number.isInteger(size) && size >= 1))
    throw new InvalidArgumentError('Expected sizes joined by x, such as 1x28x28.')
  return sizes
}
