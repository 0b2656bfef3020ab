import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Option } from 'commander'
import type { FarCertifyOptions } from '../../jobs/index.js'
import type { Certificate } from '../../record/index.js'
import {
  type CommandSpec,
  type Context,
  dataOptions,
  numberWithin,
  valueOptions,
  wholeNumber,
} from '../command.js'
import { farFlags, farOptions, workFolder } from '../far.js'
import { superviseJob } from '../job.js'
import { color, type Output } from '../output.js'
import { percent } from '../percent.js'
import { rooms } from '../rooms.js'
import { untilStopped } from '../signals.js'
import { textTable } from '../table.js'

const subjectOptions = (n: number) => [
  ...dataOptions(),
  new Option('--sigma <s>', "standard deviation of the noise, in the data's unit (pixels 0 to 1)")
    .argParser(numberWithin(1e-6, 1e6))
    .makeOptionMandatory(),
  new Option('--n <n>', 'noisy copies of each sample').argParser(wholeNumber(1)).default(n),
  new Option('--alpha <a>', 'chance of a wrong certificate or answer, a sample')
    .argParser(numberWithin(1e-9, 0.5))
    .default(0.001),
  ...valueOptions(),
]

function payloadOf(model: string, { options }: Context) {
  const { json, quiet, preprocess, input, tsv, out, ...asked } = options
  return { ...asked, model, bind: input, preprocessFile: preprocess }
}

export const certify: CommandSpec = {
  name: 'certify',
  summary: 'prove a radius within which the answer cannot change (randomized smoothing)',
  arguments: [{ name: '<model>', summary: 'an ONNX classifier' }],
  options: [
    ...subjectOptions(10_000),
    new Option('--n0 <n>', 'copies that choose the class').argParser(wholeNumber(1)).default(100),
    new Option('--out <file>', 'the certificate (JSON); an unfinished one there is gone on from'),
    new Option('--tsv <file>', 'a table: idx label predict radius correct time'),
    ...farFlags(),
  ],
  examples: [
    'temper certify model.onnx --data mnist:test --sigma 0.5 --limit 100',
    'temper certify model.onnx --data mnist:test --sigma 0.5 --skip 20 --n 100000 --out certificate.json',
  ],
  async run([model], context) {
    const { options, output } = context
    const out = options.out === undefined ? undefined : resolve(options.out as string)
    const certifying = options.redis === undefined ? certifyHere : certifyElsewhere
    const outcome = await certifying(model, context, out)
    if (!outcome.ended) {
      if (out) output.note(`stopped; ${options.out} holds what was done. The same command goes on.`)
      return outcome.exitCode
    }
    await printCertificate(output, outcome.result)
    const { toTsv } = await rooms.certify()
    if (options.tsv) writeFileSync(resolve(options.tsv as string), toTsv(outcome.result.samples))
    output.document(outcome.result)
    return 0
  },
}

function certifyHere(model: string, context: Context, out: string | undefined) {
  const { output } = context
  const show = ({ done, of }: { done: number; of: number }) =>
    output.progress(`certify  ${done}/${of} samples`, done % 100 === 0)
  const payload = { ...payloadOf(model, context), out }
  return superviseJob<Certificate, never>('certify', payload, output, show as never)
}

async function certifyElsewhere(model: string, context: Context, out: string | undefined) {
  const { options, output } = context
  const { certifyFar } = await rooms.elsewhere()
  const far = await farOptions(context, workFolder(out))
  const { sigma, n0, n, alpha, seed, output: name, input, data, preprocess } = options
  const { format, label, group, limit, first, skip } = options
  const asked = {
    ...{ model, data, sigma, n0, n, alpha, seed, out },
    ...{ output: name, bind: input, preprocessFile: preprocess },
    options: { format, label, group, limit, first, skip, seed },
    onDone: (done: number, of: number) => output.progress(`certify  ${done}/${of} parts`, true),
  } as FarCertifyOptions
  return untilStopped(output, 'stopping: what came is kept', ({ signal }) =>
    certifyFar(asked, { ...far, signal }),
  )
}

async function printCertificate(output: Output, certificate: Certificate): Promise<void> {
  const { certifiedAccuracyBound } = await rooms.certify()
  const { model, data, samples, sigma, n, alpha, summary, labels } = certificate
  output.print(`${color.bold(model.file)} on ${data.source}, ${samples.length} samples`)
  output.print(
    `sigma ${sigma}, n ${n}, alpha ${alpha}; abstains on ${percent(summary.abstentionRate)}; ` +
      `average certified radius ${summary.acr.toFixed(4)}`,
  )
  if (labels === 'clean answers')
    output.note('no labels: an answer counts as right when it is the one without noise')
  output.print()
  const rows = summary.certifiedAccuracy.map(({ radius, accuracy, interval = [0, 1] }) => [
    String(radius),
    percent(accuracy),
    `${(100 * interval[0]).toFixed(1)} – ${(100 * interval[1]).toFixed(1)}`,
    percent(certifiedAccuracyBound(samples, radius, { alpha })),
  ])
  const header = ['radius (L2)', 'certified accuracy', '95 % interval', 'at least (p 99.9 %)']
  output.print(textTable(header, rows))
}

interface Predictions {
  readonly classes?: readonly string[]
  readonly samples: readonly {
    readonly index: number
    readonly identity: string
    readonly label?: number
    readonly prediction: number
    readonly pValue: number
  }[]
  readonly summary: { readonly accuracy?: number; readonly abstentionRate: number }
}

export const predict: CommandSpec = {
  name: 'predict',
  summary: 'the smoothed classifier: its answers, abstaining where it is not sure',
  arguments: [{ name: '<model>', summary: 'an ONNX classifier' }],
  options: subjectOptions(1000),
  examples: ['temper predict model.onnx --data photos/ --sigma 0.25'],
  async run([model], context) {
    const { output } = context
    let done = 0
    const show = ({ of }: { of: number }) =>
      output.progress(`predict  ${++done}/${of} samples`, done % 100 === 0)
    const outcome = await superviseJob<Predictions, never>(
      'predict',
      payloadOf(model, context),
      output,
      show as never,
    )
    if (!outcome.ended) return outcome.exitCode
    printPredictions(output, outcome.result)
    output.document(outcome.result)
    return 0
  },
}

function printPredictions(output: Output, { classes, samples, summary }: Predictions): void {
  const name = (label?: number) =>
    label === undefined ? '' : label < 0 ? 'abstains' : (classes?.[label] ?? String(label))
  const rows = samples.map(s => [
    s.identity,
    name(s.prediction),
    ...(s.label === undefined ? [] : [name(s.label)]),
    s.pValue.toExponential(1),
  ])
  const labelled = samples[0]?.label !== undefined
  const header = ['sample', 'answer', ...(labelled ? ['label'] : []), 'p']
  output.print(textTable(header, rows))
  output.print()
  const right = summary.accuracy === undefined ? '' : `right ${percent(summary.accuracy)}, `
  output.print(`${right}abstains on ${percent(summary.abstentionRate)}`)
}
