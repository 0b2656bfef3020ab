import { Option } from 'commander'
import type { MeasuredEvent } from '../../evaluate/index.js'
import type { Calibration } from '../../record/index.js'
import { type CommandSpec, dataOptions, valueOptions } from '../command.js'
import { superviseJob } from '../job.js'
import { color, type Output } from '../output.js'
import { percent } from '../percent.js'
import { showMeasuring } from '../progress.js'
import { textTable } from '../table.js'

export const calibrateCommand: CommandSpec = {
  name: 'calibrate',
  summary: "fit a classifier's confidence on held-out data and write it into the model",
  arguments: [{ name: '<model>', summary: 'an ONNX classifier' }],
  options: [
    ...dataOptions(),
    new Option('--method <name>', 'how answers are scaled')
      .choices(['temperature', 'vector', 'isotonic'])
      .default('temperature'),
    new Option(
      '--suite <names>',
      'noise to fit on beside the clean samples (default: clean samples alone)',
    ),
    ...valueOptions(),
    new Option('--out <file>', 'write the calibrated model (ONNX)'),
  ],
  examples: [
    'temper calibrate model.onnx --data photos/val --out calibrated.onnx',
    'temper calibrate model.onnx --data photos/val --method vector --suite gaussian --out calibrated.onnx',
  ],
  async run([model], context) {
    const { options, output } = context
    const { preprocess, input, json, quiet, ...asked } = options
    const payload = { ...asked, model, bind: input, preprocessFile: preprocess }
    const show = showMeasuring(output, 'calibrate')
    const outcome = await superviseJob<Calibration, MeasuredEvent>(
      'calibrate',
      payload,
      output,
      event => show({ ...event }),
    )
    if (!outcome.ended) return outcome.exitCode
    printCalibration(output, outcome.result)
    if (options.out) output.print(`${options.out} holds the calibrated model`)
    else output.note('nothing was written; --out FILE writes the calibrated model')
    output.document(outcome.result)
    return 0
  },
}

function printCalibration(output: Output, calibration: Calibration): void {
  const { model, data, suite, method, temperature, clean, noisy } = calibration
  const noise = suite ? ` and under suite ${suite.name}` : ''
  const found = temperature === undefined ? '' : ` ${temperature.toPrecision(4)}`
  output.print(
    `${color.bold(model.file)} on ${data.source}, ${data.samples} samples, clean${noise}: ${method}${found}`,
  )
  output.print()
  const row = (name: string, m: Calibration['clean']['before']) => [
    name,
    percent(m.accuracy),
    m.nll?.toFixed(4) ?? '–',
    m.brier?.toFixed(4) ?? '–',
    m.ece?.toFixed(4) ?? '–',
  ]
  const rows = [row('clean, before', clean.before), row('clean, after', clean.after)]
  if (noisy) rows.push(row('noisy, before', noisy.before), row('noisy, after', noisy.after))
  output.print(textTable(['samples', 'accuracy', 'NLL', 'Brier', 'ECE'], rows))
  output.print()
  output.note('judged on each half of the samples with the fit of the other half')
}
