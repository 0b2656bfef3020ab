import { join } from 'node:path'
import { Option } from 'commander'
import { UsageError } from '../../base/index.js'
import type { Scorecard } from '../../record/index.js'
import type { TrainResult } from '../../train/index.js'
import { printBeforeAfter } from '../before-after.js'
import type { CommandSpec, Context } from '../command.js'
import {
  type DemoChoice,
  type DemoData,
  demoData,
  imageRecipe,
  speechRecipe,
  speechSizes,
} from '../demo-recipe.js'
import { type Engine, engineOf, engineOption } from '../engine.js'
import { superviseJob } from '../job.js'
import { duration } from '../percent.js'
import { showTraining } from '../progress.js'
import { stripOfRuns, writeReport } from '../reporting.js'
import { nextRunFolder } from '../run-folder.js'

export const demo: CommandSpec = {
  name: 'demo',
  summary: 'the whole story on real data: a plain and a tempered network, before and after',
  options: [
    new Option('--data <name>', 'which images, or spoken digits (synthetic speech)')
      .choices(demoData)
      .default('fashion-mnist'),
    new Option(
      '--recordings <dir>',
      'spoken-digits: recordings of your own, named {digit}_{speaker}_{number}.wav or in a folder a word',
    ),
    new Option('--quick', 'fewer samples and epochs: about two minutes'),
    engineOption(),
    new Option('--out <dir>', 'where everything goes (default: runs/demo-1, -2, ...)'),
  ],
  examples: [
    'temper demo --quick',
    'temper demo --data spoken-digits --quick',
    'temper demo --data spoken-digits --recordings fsdd/recordings --out runs/digits',
  ],
  async run(_args, context) {
    const { options, output } = context
    const out = (options.out as string | undefined) ?? nextRunFolder('runs', 'demo')
    const size = options.quick ? 'quick' : 'full'
    const started = performance.now()
    const recipeOf = await recipeMaker(out, size, context)
    if (typeof recipeOf === 'number') return recipeOf
    const cards: Scorecard[] = []
    const engine = await engineOf(context)
    for (const name of ['plain', 'tempered']) {
      const recipe = recipeOf({ size, isTempered: name === 'tempered', seed: options.seed })
      const trained = await trainOne(recipe, join(out, name), { name, engine, context })
      if (typeof trained === 'number') return trained
      cards.push({ ...trained, name })
    }
    const sources = cards.map(scorecard => {
      const name = scorecard.name!
      const run = join(out, name)
      return { name, scorecard, run, file: join(run, 'scorecard.json') }
    })
    const page = join(out, 'report.html')
    await writeReport(sources, page, await stripOfRuns(sources, context))
    output.print()
    printBeforeAfter(output, ['plain', 'tempered'], [cards[0], cards[1]])
    output.print(
      `\n${page} shows it; ${out} holds models, scorecards and events (${duration((performance.now() - started) / 1000)})`,
    )
    output.document({ out, scorecards: cards })
    return 0
  },
}

/** Gets the data ready; what makes a recipe of it, or the exit code when it was interrupted. */
async function recipeMaker(
  out: string,
  size: DemoChoice['size'],
  { options, output }: Context,
): Promise<((choice: DemoChoice) => object) | number> {
  const { seed } = options
  const data = options.data as DemoData
  const recordings = options.recordings as string | undefined
  if (recordings !== undefined && data !== 'spoken-digits')
    throw new UsageError('--recordings: it goes with --data spoken-digits.')
  if (data !== 'spoken-digits') return choice => imageRecipe(data, choice)
  if (recordings !== undefined) {
    const sets = { train: recordings, validation: 0.1, test: 0.2, splitBy: 'sample' }
    return choice => speechRecipe(sets, choice)
  }
  const folder = join(out, 'recordings')
  output.note(`synthetic speech (Flite, four voices) goes to ${folder}`)
  const { takes } = speechSizes[size]
  const show = ({ done, of }: Spoken) => output.progress(`speech   ${done}/${of} words`)
  const outcome = await superviseJob<void, Spoken>('speak', { folder, takes, seed }, output, show)
  if (!outcome.ended) return outcome.exitCode
  const sets = { train: `${folder}:train`, test: `${folder}:test`, validation: 0.1 }
  return choice => speechRecipe(sets, choice)
}

interface Spoken {
  readonly done: number
  readonly of: number
}

interface OneOfTwo {
  readonly name: string
  readonly engine: Engine
  readonly context: Context
}

/** Trains one network and gives its scorecard, or the exit code when it was interrupted. */
async function trainOne(
  recipe: unknown,
  out: string,
  { name, engine, context: { options, output } }: OneOfTwo,
): Promise<Scorecard | number> {
  const { threads, device } = options
  const payload = { recipe, out, engine, threads, device }
  const outcome = await superviseJob<TrainResult, never>(
    'train',
    payload,
    output,
    showTraining(output, name.padEnd(8)),
  )
  if (outcome.ended) return outcome.result.scorecard!
  output.note(`stopped; this network's state is saved. Go on with: temper resume ${out}`)
  return outcome.exitCode
}
