import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Option } from 'commander'
import { UsageError } from '../../base/index.js'
import type { TuneResult } from '../../tune/index.js'
import { type CommandSpec, type Context, collect, groupOption, wholeNumber } from '../command.js'
import { engineOf, engineOption } from '../engine.js'
import { farFlags, farOptions } from '../far.js'
import { rooms } from '../rooms.js'
import { nextRunFolder } from '../run-folder.js'
import { type StopSignals, untilStopped } from '../signals.js'
import { printStudy, showStudy } from '../study.js'

const whole = (least: number) => wholeNumber(least)

export const tune: CommandSpec = {
  name: 'tune',
  summary: 'search which noise, how much and when: clean against robust accuracy',
  arguments: [
    { name: '[recipe]', summary: 'a recipe with `{ search: ... }` in it; or --model and --data' },
  ],
  options: [
    new Option('--model <file>', 'an ONNX file to go on from, searched as suits the data'),
    new Option('--data <data>', 'DATA to train on, beside --model'),
    new Option('--val <data>', 'DATA that selects (default: a tenth of --data, by hash)'),
    new Option(
      '--preprocess <file>',
      'beside --model: how samples become the input: scale, mean, std, size, layout',
    ),
    new Option('--format <name>', 'beside --data: the layout, instead of the detected one'),
    new Option('--label <column>', 'beside --data: label column of a table (default: the last)'),
    groupOption(),
    new Option('--limit <n>', 'beside --data: search on a stratified, seeded subset').argParser(
      whole(1),
    ),
    new Option('--set <path=value>', 'change a key of the recipe; may be repeated').argParser(
      collect,
    ),
    new Option('--trials <n>', 'trials of the search (default: 30)').argParser(whole(1)),
    new Option('--epochs <n>', "epochs of a whole trial (default: the recipe's)").argParser(
      whole(1),
    ),
    new Option('--sampler <name>', 'how the next trial is chosen (default: tpe)').choices([
      'tpe',
      'random',
      'halton',
      'grid',
    ]),
    new Option('--stopping <name>', 'how bad trials end early (default: asha)').choices([
      'asha',
      'halving',
      'median',
      'none',
    ]),
    new Option('--eta <n>', 'a rung keeps one in so many (default: 3)').argParser(whole(2)),
    new Option('--grace <n>', 'epochs before a trial may be stopped (default: 1)').argParser(
      whole(1),
    ),
    new Option(
      '--objectives <names>',
      'one measure or two, with weights if wanted: cleanAccuracy,meanAccuracy=2',
    ),
    new Option('--finalists <n>', 'how many of the best are trained again (default: 3)').argParser(
      whole(1),
    ),
    new Option(
      '--repeats <n>',
      'seeds each of these has then; 1: none again (default: 3)',
    ).argParser(whole(1)),
    new Option('--workers <n>', 'trials at a time (default: one a core)').argParser(whole(1)),
    engineOption(),
    new Option('--resume <dir>', 'go on with a study; --trials may raise their number'),
    new Option('--out <dir>', 'folder of the study (default: runs/tune-1, -2, ...)'),
    ...farFlags(),
  ],
  examples: [
    'temper tune recipe.yaml --trials 30',
    'temper tune --model model.onnx --data photos/train --workers 2',
    'temper tune --resume runs/tune-1',
  ],
  async run([recipe], context) {
    const { options, output } = context
    const resumed = options.resume as string | undefined
    const out = resumed ?? (options.out as string | undefined) ?? nextRunFolder('runs', 'tune')
    const outcome = await untilStopped(output, 'stopping: saving the trials', signals =>
      search(recipe, out, context, signals),
    )
    if (!outcome.ended) {
      output.note(
        existsSync(join(out, 'journal.jsonl'))
          ? `all that was measured is kept. Go on with: temper tune --resume ${out}`
          : 'no trial was begun.',
      )
      return outcome.exitCode
    }
    const { study } = outcome.result
    printStudy(output, study)
    if (study.best) output.print(`${join(out, 'best.yaml')} is its recipe.`)
    output.print(`${join(out, 'pareto.html')} shows the study.`)
    output.document(study)
    return 0
  },
}

async function search(
  recipe: string | undefined,
  out: string,
  context: Context,
  signals: StopSignals,
): Promise<TuneResult> {
  const { options, output } = context
  const { tune, resumeStudy } = await rooms.tune()
  const { workers, threads = 1, trials, resume } = options as Record<string, number | undefined>
  const carrier = options.redis === undefined ? undefined : await elsewhere(out, context)
  const common = { workers, threads, onEvent: showStudy(output), carrier, ...signals }
  if (resume !== undefined) {
    refuseBeside(recipe, options)
    return resumeStudy({ run: out, trials, ...common })
  }
  const objectives = (options.objectives as string | undefined)?.split(',').map(s => s.trim())
  const engine = await engineOf(context)
  const given = {
    recipe: await read(recipe, options.set as string[] | undefined),
    preprocess: await read(options.preprocess as string | undefined),
  }
  return tune({ ...options, ...given, objectives, out, engine, ...common })
}

/** Trials go to other machines; throws ResumableError, before a study is begun, without Redis. */
async function elsewhere(out: string, context: Context) {
  const { checkRedis } = await rooms.elsewhere()
  await checkRedis(context.options.redis as string)
  const { FarPool } = await rooms.tune()
  return async (study: Parameters<typeof FarPool.open>[0]) =>
    FarPool.open(study, await farOptions(context, out))
}

/** A study that goes on follows its own settings. */
function refuseBeside(recipe: string | undefined, options: Context['options']): void {
  const fixed = [
    'model',
    'data',
    'val',
    'preprocess',
    'format',
    'label',
    'limit',
    'set',
    'epochs',
    'sampler',
    'stopping',
    'eta',
    'grace',
    'objectives',
    'finalists',
    'repeats',
    'out',
  ]
  const beside = recipe ?? fixed.find(name => options[name] !== undefined)
  if (beside !== undefined)
    throw new UsageError(
      `--resume: a study goes on with its own settings; leave out ${recipe === undefined ? `--${beside}` : `"${beside}"`}.`,
    )
}

/** A recipe, or a part of one, as plain data. */
async function read(file: string | undefined, set: readonly string[] = []): Promise<unknown> {
  if (file === undefined) return undefined
  const { applyOverrides, readRecipeData } = await rooms.recipe()
  return applyOverrides(readRecipeData(file), set)
}
