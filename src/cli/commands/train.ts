import { Option } from 'commander'
import type { TrainResult } from '../../train/index.js'
import { type CommandSpec, type Context, collect, valueOptions } from '../command.js'
import { engineOf, engineOption, refuseOtherMachine } from '../engine.js'
import { superviseJob } from '../job.js'
import { showTraining } from '../progress.js'
import { reportRun } from '../reporting.js'
import { nextRunFolder } from '../run-folder.js'
import { printScorecard } from '../scorecard.js'

export const train: CommandSpec = {
  name: 'train',
  summary: 'train what a recipe says, and write a model that holds up',
  arguments: [{ name: '<recipe>', summary: 'a YAML or JSON file' }],
  options: [
    new Option('--set <path=value>', 'change a key of the recipe; may be repeated').argParser(
      collect,
    ),
    ...valueOptions(),
    engineOption(),
    new Option('--out <dir>', 'the run folder (default: runs/train-1, -2, ...)'),
  ],
  examples: [
    'temper train recipe.yaml',
    'temper train recipe.yaml --set train.epochs=10 --set noise.0.sigma=0.2 --out runs/first',
  ],
  async run([recipe], context) {
    const { options } = context
    const out = (options.out as string | undefined) ?? nextRunFolder('runs', 'train')
    const payload = {
      recipeFile: recipe,
      set: [...((options.set as string[]) ?? [])],
      bind: options.input,
      output: options.output,
      out,
      engine: await engineOf(context),
      threads: options.threads,
      device: options.device,
    }
    return runTraining('train', payload, out, context)
  },
}

export const resume: CommandSpec = {
  name: 'resume',
  summary: 'go on from the last checkpoint of a run, to the same bits',
  arguments: [{ name: '<run>', summary: 'a run folder' }],
  examples: ['temper resume runs/train-1'],
  async run([run], context) {
    await refuseOtherMachine(run)
    return runTraining('resume', { run }, run, context)
  },
}

async function runTraining(
  act: 'train' | 'resume',
  payload: unknown,
  folder: string,
  context: Context,
): Promise<number> {
  const { output } = context
  const outcome = await superviseJob<TrainResult, never>(act, payload, output, showTraining(output))
  if (!outcome.ended) {
    output.note(`stopped; the state is saved. Go on with: temper resume ${folder}`)
    return outcome.exitCode
  }
  const { model, best, steps } = outcome.result
  output.print(
    `${model}: ${steps} steps, the weights of step ${best?.step ?? steps} (${best?.reason ?? 'the last'})`,
  )
  if (outcome.result.scorecard) {
    await reportRun(folder, context)
    printScorecard(output, outcome.result.scorecard)
  }
  output.document(outcome.result)
  return 0
}
