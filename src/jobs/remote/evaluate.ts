import { UsageError } from '../../base/index.js'
import { mergeParts, type SampleScores } from '../../evaluate/index.js'
import type { Scorecard } from '../../record/index.js'
import { type FarEvaluate, type SentPart, suiteForm, unpacked } from './acts.js'
import { carryAll, type FarOptions, forget } from './carry.js'
import { type FarSubject, meet, named } from './subject.js'

/** An evaluation as the command line asks for it. */
export interface FarEvaluateOptions
  extends FarSubject,
    Pick<FarEvaluate, 'suite' | 'metrics' | 'seed' | 'bind' | 'output'> {
  readonly baseline?: string
}

/** Most pieces of one evaluation: each of them answers the clean samples too. */
const mostParts = 16

/** A scorecard made by other machines, equal to the one this machine would make. */
export async function evaluateFar(
  options: FarEvaluateOptions,
  far: FarOptions,
): Promise<{ scorecard: Scorecard; scores?: SampleScores }> {
  const { suite, metrics, seed, bind, output, baseline, onDone } = options
  if (suite !== undefined && !suiteForm.test(suite))
    throw new UsageError(
      `--suite: other machines have the suites of temper list suites, not "${suite}". Leave --redis out for one of your own.`,
    )
  const settings = { suite, metrics, seed, bind, output }
  const { carrier, content, payload } = await meet(options, settings, far)
  try {
    const of = Math.max(1, Math.min(mostParts, content.conditions))
    const works = Array.from({ length: of }, (_, index) => ({
      act: 'evaluate',
      payload: { ...payload, shard: { index, of } },
    }))
    const parts = (await carryAll(works, carrier, far, onDone)) as SentPart[]
    const { scorecard, scores } = mergeParts(parts.map(opened), baseline)
    forget(far)
    return { scorecard: named(scorecard, options), scores }
  } finally {
    await carrier.close()
  }
}

const opened = ({ scorecard, clean, noisy }: SentPart) => ({
  scorecard,
  clean: unpacked(clean),
  noisy: noisy.map(draws => draws.map(unpacked)),
})
