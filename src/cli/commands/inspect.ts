import type { Inspect } from '../../record/index.js'
import { type CommandSpec, valueOptions } from '../command.js'
import { superviseJob } from '../job.js'
import { color, type Output } from '../output.js'
import { thousands } from '../percent.js'
import { textTable } from '../table.js'

export const inspect: CommandSpec = {
  name: 'inspect',
  summary: 'what a model file holds, expects, and what of it can be trained',
  arguments: [{ name: '<model>', summary: 'an ONNX file' }],
  options: valueOptions(),
  examples: [
    'temper inspect model.onnx',
    'temper inspect silero_vad.onnx --input sr=16000 --output output --json',
  ],
  async run([model], { options, output }) {
    const payload = { model, bind: options.input, output: options.output }
    const outcome = await superviseJob<Inspect, never>('inspect', payload, output, () => {})
    if (!outcome.ended) return outcome.exitCode
    print(output, outcome.result)
    output.document(outcome.result)
    return 0
  },
}

function print(output: Output, found: Inspect): void {
  const { model, opsets, producer, irVersion } = found
  const versions = Object.entries(opsets).map(([domain, version]) => `${domain} ${version}`)
  output.print(color.bold(model.file))
  const facts = [`opset ${versions.join(', ')}`, `IR ${irVersion}`, ...(producer ? [producer] : [])]
  output.print(`${facts.join(', ')}; ${thousands(model.parameters)} learned numbers`)
  output.print()
  for (const [what, text] of aboutRows(found)) output.print(`${what.padEnd(12)}${text}`)
  output.print()
  output.print(textTable(['operator', 'count', 'gradient', 'why'], operatorRows(found)))
  output.print()
  output.print(
    textTable(['parameter', 'shape', 'type', 'stands as', 'trains'], parameterRows(found)),
  )
  output.print()
  for (const note of found.assumptions ?? []) output.note(`${color.yellow('assumed:')} ${note}`)
  const { possible = false, notes = [] } = found.harden ?? {}
  output.print(possible ? color.bold('temper harden') : color.bold('temper harden refuses it'))
  for (const note of notes) output.print(`  ${note}`)
}

const sizes = (shape: readonly (number | string)[]) => `[${shape.join(', ')}]`

function aboutRows({ inputs, outputs, expects, output, batch, quantised }: Inspect): string[][] {
  return [
    ...inputs.map(({ name, dtype, shape }) => ['input', `${name} ${dtype} ${sizes(shape)}`]),
    ...outputs.map(({ name, dtype, shape }) => ['output', `${name} ${dtype} ${sizes(shape)}`]),
    ...(expects ? expectedRows(expects) : []),
    ...(output ? [['answers', `${output.kind}: ${output.reason}`]] : []),
    ...(batch ? [['batch', `${batch.kind}: ${batch.reason}`]] : []),
    ['quantised', quantised ? 'yes' : 'no'],
  ]
}

function expectedRows(expects: NonNullable<Inspect['expects']>): string[][] {
  const { input, layout, layoutReason, preprocess, preprocessSource } = expects
  const said = Object.entries(preprocess).map(([key, value]) => `${key} ${wordsOf(value)}`)
  return [
    ['samples', `feed ${input}, ${layout}: ${layoutReason}`],
    ['preprocess', `${said.join(', ')} (${preprocessSource ?? 'assumed; --preprocess says'})`],
  ]
}

/** "crop, shortestEdge 256" for a rule with settings. */
function wordsOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return String(value)
  return Object.entries(value)
    .map(([key, setting]) => (key === 'rule' ? String(setting) : `${key} ${setting}`))
    .join(', ')
}

const paint = { trains: color.green, passes: (text: string) => text, stops: color.yellow }

function operatorRows({ operators }: Inspect): string[][] {
  return operators.map(({ domain, operator, count, gradient, reason }) => [
    domain ? `${domain}.${operator}` : operator,
    String(count),
    paint[gradient](gradient),
    reason ?? '',
  ])
}

function parameterRows({ parameters }: Inspect): string[][] {
  return parameters.map(({ name, shape, dtype, stands, trainable, reason }) => [
    name,
    sizes(shape),
    dtype ?? '',
    stands ?? '',
    trainable ? 'yes' : `no: ${reason}`,
  ])
}
