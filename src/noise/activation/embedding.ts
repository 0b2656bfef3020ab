import { sharedKernels } from '../../kernels/index.js'
import { amount } from '../level.js'
import { defineActivation } from './define.js'

/** y + alpha / sqrt(L d) U(-1, 1) for embeddings `[L, d]`, as the outputs of Gather. */
export const embedding = defineActivation({
  kind: 'embedding',
  what: 'Adds even noise to token embeddings, weaker the longer the text and the wider the embedding.',
  unit: 'alpha',
  levels: { alpha: amount('noise is alpha / sqrt(length width) U(-1, 1)', 'none', 5) },
  identity: { alpha: 0 },
  uses: ['shift'],
  usual: ['Gather'],
  paper: 'Jain et al. 2023, NEFTune: noisy embeddings improve instruction finetuning',
  fill({ shift }, { alpha }, key) {
    const halfWidth = alpha / Math.sqrt(shift!.length)
    sharedKernels().uniform(shift!, shift!, { halfWidth }, key)
  },
})
