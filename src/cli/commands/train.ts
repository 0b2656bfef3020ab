import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Option } from 'commander'
import type { TrainResult } from '../../train/index.js'
import { type CommandSpec, type Context, collect, valueOptions, wholeNumber } from '../command.js'
import { engineOf, engineOption, refuseOtherMachine } from '../engine.js'
import { superviseJob } from '../job.js'
import { type Planned, printPlan } from '../plan.js'
import { showTraining } from '../progress.js'
import { figuresOfRun, printRepeats, type Repeats, summaryOf } from '../repeats.js'
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
    new Option('--plan', 'print what the recipe comes to and its schedules; train nothing'),
    new Option('--repeats <n>', 'train with so many seeds and print how far they spread').argParser(
      wholeNumber(2),
    ),
    new Option('--out <dir>', 'the run folder (default: runs/train-1, -2, ...)'),
  ],
  examples: [
    'temper train recipe.yaml',
    'temper train recipe.yaml --plan',
    'temper train recipe.yaml --repeats 5',
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
    if (options.plan) return showPlan(payload, context)
    if (options.repeats) return repeatTraining(payload, Number(options.repeats), context)
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

async function showPlan(payload: object, context: Context): Promise<number> {
  const { output } = context
  const outcome = await superviseJob<Planned, never>('plan', payload, output, () => {})
  if (!outcome.ended) return outcome.exitCode
  await printPlan(output, outcome.result)
  const { plan, check, detectable } = outcome.result
  output.document({ ...plan, check, detectable })
  return 0
}

interface TrainPayload {
  readonly out: string
  readonly set: readonly string[]
}

/** Runs in `OUT/seed-N`, one after another; the first seed is the recipe's own. */
async function repeatTraining(
  payload: TrainPayload,
  repeats: number,
  context: Context,
): Promise<number> {
  const { output } = context
  const planned = await superviseJob<Planned, never>('plan', payload, output, () => {})
  if (!planned.ended) return planned.exitCode
  const { seed: first, device, threads, version } = planned.result.plan
  const runs: Repeats['runs'][number][] = []
  for (let seed = first; seed < first + repeats; seed++) {
    const run = join(payload.out, `seed-${seed}`)
    const whole = { ...payload, out: run, set: [...payload.set, `seed=${seed}`] }
    const show = showTraining(output, `seed ${seed}`)
    const outcome = await superviseJob<TrainResult, never>('train', whole, output, show)
    if (!outcome.ended) {
      output.note(`stopped; the state is saved. Go on with: temper resume ${run}`)
      return outcome.exitCode
    }
    runs.push({ seed, run, figures: figuresOfRun(outcome.result) })
  }
  const header = { schema: 'temper.repeats/1', version, seed: first, device, threads } as const
  const document: Repeats = { ...header, runs, summary: summaryOf(runs) }
  writeFileSync(join(payload.out, 'repeats.json'), `${JSON.stringify(document, null, 2)}\n`)
  printRepeats(output, document)
  output.document(document)
  return 0
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
