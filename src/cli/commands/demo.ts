import { join } from 'node:path'
import { Option } from 'commander'
import type { Scorecard } from '../../record/index.js'
import type { TrainResult } from '../../train/index.js'
import { printBeforeAfter } from '../before-after.js'
import type { CommandSpec, Context } from '../command.js'
import { type Engine, engineOf, engineOption } from '../engine.js'
import { superviseJob } from '../job.js'
import { duration } from '../percent.js'
import { showTraining } from '../progress.js'
import { stripOfRuns, writeReport } from '../reporting.js'
import { nextRunFolder } from '../run-folder.js'

const sizes = {
  full: { epochs: 6, limit: undefined, suite: 'gaussian,weights' },
  quick: { epochs: 4, limit: 20_000, suite: 'gaussian' },
} as const

/** The recipe of the demo: the same network, data and seed, without and with noise. */
function recipeOf(
  data: string,
  size: (typeof sizes)[keyof typeof sizes],
  isTempered: boolean,
  seed: number,
) {
  return {
    model: { network: 'cnn' },
    data: {
      train: `${data}:train`,
      test: `${data}:test`,
      validation: 0.1,
      ...(size.limit && { limit: size.limit }),
    },
    optimizer: { kind: 'adam', learningRate: { cosine: [1e-3, 1e-5] } },
    train: { epochs: size.epochs, batch: 128 },
    noise: isTempered
      ? [
          {
            at: 'input',
            kind: 'gaussian',
            sigma: { uniform: [0, { ramp: [0.1, 0.4], to: '60%' }] },
            clip: [0, 1],
            share: 0.75,
          },
        ]
      : [],
    monitor: { suite: size.suite },
    seed,
  }
}

export const demo: CommandSpec = {
  name: 'demo',
  summary: 'the whole story on real images: a plain and a tempered network, before and after',
  options: [
    new Option('--data <name>', 'which images')
      .choices(['fashion-mnist', 'mnist'])
      .default('fashion-mnist'),
    new Option('--quick', 'fewer images and epochs: about two minutes'),
    engineOption(),
    new Option('--out <dir>', 'where everything goes (default: runs/demo-1, -2, ...)'),
  ],
  examples: ['temper demo --quick', 'temper demo --data mnist --out runs/digits'],
  async run(_args, context) {
    const { options, output } = context
    const out = (options.out as string | undefined) ?? nextRunFolder('runs', 'demo')
    const size = options.quick ? sizes.quick : sizes.full
    const started = performance.now()
    const cards: Scorecard[] = []
    const engine = await engineOf(context)
    for (const name of ['plain', 'tempered']) {
      const recipe = recipeOf(options.data as string, size, name === 'tempered', options.seed)
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
