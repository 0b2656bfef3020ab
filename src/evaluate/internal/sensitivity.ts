/** Which layers noise hurts most: one weight tensor is noised at a time. */
import { UsageError } from '../../base/index.js'
import type { Dataset } from '../../data/index.js'
import type { Predictor } from '../../model/index.js'
import type { Scorecard } from '../../record/index.js'
import { touchedBy } from '../disturb.js'
import { measureSuite } from '../measure.js'
import type { Condition, Suite } from '../suites/suite.js'
import { DrawWatch } from './draws.js'

type Sensitivity = NonNullable<NonNullable<Scorecard['internal']>['sensitivity']>

export interface SensitivityOptions {
  readonly predictor: Predictor
  readonly data: Dataset
  readonly seed: number
  readonly batch?: number
  readonly signal?: AbortSignal
  /** Standard deviation over the largest weight of the tensor; default 0.1. */
  readonly relative?: number
  /** Draws each; default 3. */
  readonly draws?: number
  readonly onProgress?: (samples: number, of: number) => void
}

/** The tensors, most sensitive first. Throws UsageError for a predictor without weights. */
export async function sensitivity(options: SensitivityOptions): Promise<Sensitivity> {
  const { predictor, relative = 0.1, draws = 3 } = options
  if (!predictor.parameters)
    throw new UsageError(
      '--per-layer: it needs a model that is one file; this predictor has no weights to put noise on.',
    )
  const at = { at: 'weight', kind: 'gaussian', level: { relative }, clip: null, draws } as const
  const tensors = touchedBy({ ...at, severity: 1 }, predictor.parameters)
  const conditions = tensors.map(({ name }): Condition => ({ ...at, severity: 1, match: name }))
  const suite: Suite = { name: 'per layer', preset: '', tldr: '', conditions }
  const watch = new DrawWatch(suite)
  const { doubts, conditions: measured } = await measureSuite({
    ...options,
    suite,
    onAnswers: (clean, noisy) => watch.add(clean, noisy),
  })
  const clean = watch.clean()
  if (!clean) throw new UsageError('--per-layer: the data have no labels to count a drop by.')
  const found = watch.result().map(({ draws: scores }, i) => {
    const { name, role, length, usedBy } = tensors[i]
    const mean = (of: (score: (typeof scores)[number]) => number) =>
      scores.reduce((sum, score) => sum + of(score), 0) / scores.length
    const interval = doubts?.conditions[i].dropInterval
    return {
      ...{ name, role, length, usedBy },
      drop: mean(({ score }) => clean.score - score),
      ...(interval && { dropInterval: [...interval] as [number, number] }),
      lossRise: mean(({ loss }) => loss - clean.loss),
      ...(measured[i].measures.accuracy !== undefined && {
        accuracy: measured[i].measures.accuracy,
      }),
    }
  })
  const tensorsFound = found.sort((a, b) => b.drop - a.drop || b.lossRise - a.lossRise)
  return { kind: 'gaussian', levelName: 'relative', level: relative, draws, tensors: tensorsFound }
}
