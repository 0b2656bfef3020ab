import { sharedKernels } from '../../../kernels/index.js'
import { clipOf } from '../../context.js'
import { amount } from '../../level.js'
import { defineInput } from '../define.js'

/** x + alpha / sqrt(L d) U(-1, 1) for embeddings `[L, d]`. */
export const embedding = defineInput({
  kind: 'embedding',
  what: 'Adds even noise to token embeddings, weaker the longer the text and the wider the embedding.',
  modality: 'any',
  unit: 'alpha',
  levels: { alpha: amount('noise is alpha / sqrt(length width) U(-1, 1)', 'none', 5) },
  identity: { alpha: 0 },
  paper: 'Jain et al. 2023, NEFTune: noisy embeddings improve instruction finetuning',
  apply(x, out, { alpha }, key, context) {
    const halfWidth = alpha / Math.sqrt(x.length)
    sharedKernels().uniform(x, out, { halfWidth, ...clipOf(context) }, key)
  },
})
