import { DataError } from '../../base/index.js'
import type { Dataset } from '../../data/index.js'
import type { Scorecard } from '../../record/index.js'

/**
 * Refuses to harden a model that does not clearly know its task on this data: the lower end of its
 * 95 % interval has to stand above chance (the most common class), or its error below that of the
 * mean. Throws DataError with the likely causes.
 */
export function refuseChance({ clean, warnings }: Scorecard, data: Dataset): void {
  const found = data.labels ? classifier(clean, data.labels) : regression(clean)
  if (!found) return
  const causes = warnings?.length
    ? warnings.join(' ')
    : 'Likely causes: another preprocessing (--preprocess), another channel order or layout, labels in another order, or data of another task.'
  throw new DataError(
    `harden: ${found} on ${data.length} samples of ${data.name}, so there is nothing to protect. ${causes}`,
  )
}

function classifier(
  { accuracy = 0, accuracyInterval }: Scorecard['clean'],
  labels: Int32Array,
): string | undefined {
  const counts = new Map<number, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const chance = Math.max(...counts.values()) / labels.length
  const [low] = accuracyInterval ?? [accuracy]
  if (low > Math.min(1.2 * chance, (1 + chance) / 2)) return undefined
  return `the model's clean accuracy is ${percent(accuracy)}, no clear step above always answering the most common class (${percent(chance)})`
}

function regression({ r2 = 0, rmse }: Scorecard['clean']): string | undefined {
  if (r2 > 0.1) return undefined
  return `the model's clean error (RMSE ${rmse?.toPrecision(3)}) is about that of always answering the mean`
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
