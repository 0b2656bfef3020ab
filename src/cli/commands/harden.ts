import { Option } from 'commander'
import type { HardenResult } from '../../train/index.js'
import { printBeforeAfter } from '../before-after.js'
import {
  type CommandSpec,
  collect,
  groupOption,
  numberWithin,
  valueOptions,
  wholeNumber,
} from '../command.js'
import { engineOf, engineOption } from '../engine.js'
import { superviseJob } from '../job.js'
import { showTraining } from '../progress.js'
import { reportRun } from '../reporting.js'
import { nextRunFolder } from '../run-folder.js'

export const harden: CommandSpec = {
  name: 'harden',
  summary: 'fine-tune any ONNX model to take the most noise within a budget of clean accuracy',
  arguments: [{ name: '<model>', summary: 'an ONNX classifier or regressor' }],
  options: [
    new Option('--data <data>', 'DATA to train on').makeOptionMandatory(),
    new Option('--val <data>', 'DATA that selects (default: a tenth of --data, by hash)'),
    new Option('--test <data>', 'DATA that reports (default: a part kept unseen by hash)'),
    new Option('--max-clean-drop <share>', 'clean accuracy the noise may cost')
      .argParser(numberWithin(0, 1))
      .default(0.01),
    new Option('--epochs <n>', 'default: about 2,000 updates').argParser(wholeNumber(1)),
    new Option('--batch <n>', 'default: 128, or 32 for few samples').argParser(wholeNumber(1)),
    new Option('--learning-rate <rate>', 'default: found by trying a few').argParser(
      numberWithin(0, 1),
    ),
    new Option(
      '--suite <names>',
      "what is meant by noisy (default: the usual suite of the data's kind)",
    ),
    new Option(
      '--preprocess <file>',
      'how samples become the input: scale, mean, std, size, layout',
    ),
    ...valueOptions(),
    engineOption(),
    new Option('--freeze <pattern>', 'parameters that stay as they are; may be repeated').argParser(
      collect,
    ),
    new Option('--format <name>', 'the layout of the data, instead of the detected one'),
    new Option('--label <column>', 'label column of a table (default: the last)'),
    groupOption(),
    new Option('--limit <n>', 'train on a stratified, seeded subset').argParser(wholeNumber(1)),
    new Option('--out <dir>', 'the run folder (default: runs/harden-1, -2, ...)'),
  ],
  examples: [
    'temper harden model.onnx --data photos/train --test photos/test',
    'temper harden mnist.onnx --data mnist:train --test mnist:test --preprocess bytes.yaml --max-clean-drop 0.005',
  ],
  async run([model], context) {
    const { options, output } = context
    const out = (options.out as string | undefined) ?? nextRunFolder('runs', 'harden')
    const { preprocess, input, output: chosen, json, quiet, ...asked } = options
    const payload = {
      ...asked,
      engine: await engineOf(context),
      model,
      out,
      bind: input,
      output: chosen,
      preprocessFile: preprocess,
    }
    const show = showTraining(output, 'harden')
    const outcome = await superviseJob<HardenResult, never>('harden', payload, output, show)
    if (!outcome.ended) {
      output.note(`stopped; the state is saved. Go on with: temper resume ${out}`)
      return outcome.exitCode
    }
    const { before, scorecard, best } = outcome.result
    const page = await reportRun(out, context)
    output.print()
    printBeforeAfter(output, ['given', 'hardened'], [before, scorecard!])
    output.print()
    output.print(
      best?.step === 0
        ? 'No weights were found that do better under noise within the budget: model.onnx holds the given ones.'
        : `The weights of step ${best?.step}: ${best?.reason}.`,
    )
    output.print(`${out}/model.onnx; ${page} shows it`)
    output.document(outcome.result)
    return 0
  },
}
