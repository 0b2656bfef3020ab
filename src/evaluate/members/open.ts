/** A model measured as several: with Monte-Carlo passes, or beside further models. */
import { UsageError } from '../../base/index.js'
import type { Dataset } from '../../data/index.js'
import type { Device } from '../../engine/index.js'
import type { Predictor } from '../../model/index.js'
import type { Scorecard } from '../../record/index.js'
import { measureSuite } from '../measure.js'
import { type Opened, openPredictor, type TestOptions } from '../subject.js'
import { ensemble, type Member } from './ensemble.js'
import { memberModel } from './file.js'
import { type MonteCarloOptions, monteCarlo } from './monte-carlo.js'

export interface MemberOptions extends TestOptions {
  /** Averages passes with noise on activations left on, and says how they differ. */
  readonly monteCarlo?: MonteCarloOptions
  /** Further models whose mean is measured with the given one: files, or folders of runs or of their checkpoints. */
  readonly ensemble?: readonly string[]
}

interface Machine {
  readonly threads: number
  readonly device: Device
}

export interface Together {
  readonly predictor: Predictor
  /** How the answers came about, and what the model does alone; absent for one plain model. */
  readonly uncertainty?: NonNullable<Scorecard['uncertainty']>
}

/** The predictor that is measured: the model itself unless several answers are to be averaged. */
export async function openMembers(
  options: MemberOptions,
  { predictor, opened }: Opened,
  data: Dataset,
  machine: Machine,
): Promise<Together> {
  const { monteCarlo: passes, ensemble: files = [], seed = 0 } = options
  if (!passes && !files.length) return { predictor }
  if (passes && files.length)
    throw new UsageError(
      '--monte-carlo and --ensemble: give one of them; each is a mean of its own.',
    )
  const alone = await cleanMeasures(predictor, data)
  if (passes) {
    const { members, noise, touches } = monteCarlo(predictor, opened, passes, seed)
    const facts = { method: 'monte-carlo', members: passes.passes, noise: { ...noise } } as const
    const whole = closing(ensemble(members, data), predictor)
    return { predictor: whole, uncertainty: { ...facts, touches: [...touches], alone } }
  }
  const members: Member[] = [predictor]
  for (const file of files) {
    const model = await memberModel(file)
    members.push((await openPredictor({ ...options, model }, data, machine)).predictor)
  }
  const facts = { method: 'ensemble', members: members.length } as const
  return {
    predictor: ensemble(members, data),
    uncertainty: { ...facts, models: [...files], alone },
  }
}

/** Closes the model that the members are made of, too. */
function closing(whole: Predictor, under: Predictor): Predictor {
  return {
    ...whole,
    async close() {
      await whole.close()
      await under.close()
    },
  }
}

async function cleanMeasures(predictor: Predictor, data: Dataset) {
  const suite = { name: 'clean', preset: '', tldr: '', conditions: [] }
  return (await measureSuite({ predictor, data, suite, seed: 0 })).clean
}
