import { sizeOf } from '../../base/index.js'
import type { OpenedModel } from '../../model/index.js'
import type { Inspect } from '../../record/index.js'
import { quantisedReason } from '../trainable.js'
import type { Fates } from './fates.js'

type Rows = Inspect['parameters']

/** What `temper harden` would do with a model, or why it would refuse. */
export function hardenNotes(
  opened: OpenedModel,
  fates: Fates,
  rows: Rows,
): NonNullable<Inspect['harden']> {
  const refusal = refusalOf(opened, fates, rows)
  if (refusal) return { possible: false, notes: [refusal] }
  return { possible: true, notes: plans(opened, rows) }
}

function refusalOf({ isQuantised }: OpenedModel, fates: Fates, rows: Rows): string | undefined {
  if (isQuantised) return quantisedReason
  if (fates.obstacle) return fates.obstacle
  if (!rows.length) return 'it holds no weights that could be trained'
  if (!rows.some(row => row.trainable)) return 'no gradient reaches any of its weights'
  const [lost] = fates.lost
  if (lost === undefined) return undefined
  const names = fates.lost.length > 8 ? [...fates.lost.slice(0, 8), '...'] : fates.lost
  const { reason } = rows.find(row => row.name === lost)!
  return `parameter "${lost}" ${reason}; to train the rest: ${names.map(n => `--freeze "${n}"`).join(' ')}`
}

function plans({ output, batch, parameters }: OpenedModel, rows: Rows): string[] {
  const trained = rows.filter(row => row.trainable)
  const numbers = trained.reduce((sum, row) => sum + sizeOf(row.shape), 0)
  const statistics = parameters.filter(p => p.role === 'statistic').length
  const half = new Set(parameters.map(p => p.dtype).filter(dtype => dtype !== 'float32'))
  return [
    `trains ${trained.length} of ${rows.length} parameters (${numbers.toLocaleString('en')} numbers), by the ${output.kind} of "${output.name}"`,
    ...(statistics ? [`leaves ${statistics} running statistics as they are`] : []),
    ...(half.size ? [`trains ${[...half].join(', ')} weights as float32 and casts them back`] : []),
    batch.kind === 'fixed'
      ? `feeds batches of ${batch.made}: ${batch.reason}`
      : `feeds batches of any size: ${batch.reason}`,
    'writes the file again with other weights and temper.* metadata, nothing else changed',
  ]
}
