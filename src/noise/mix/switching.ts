import { fold, Random } from '../../base/index.js'
import { amount, share } from '../level.js'
import { cutmix } from './cutmix.js'
import { defineMix } from './define.js'
import { mixup } from './mixup.js'

/** CutMix with probability cutmix, else mixup; one choice for the batch. */
export const switching = defineMix({
  kind: 'mixup_or_cutmix',
  what: 'Mixes a batch by mixup or by CutMix, drawn anew for each batch.',
  unit: 'alpha of either Beta distribution',
  levels: {
    mixupAlpha: amount('alpha of mixup', 'none', 0.8),
    cutmixAlpha: amount('alpha of CutMix', 'none', 1),
    cutmix: share('probability of CutMix', 0.5),
  },
  identity: { mixupAlpha: 0, cutmixAlpha: 0 },
  paper: 'Wightman, timm (Mixup with switch_prob .5)',
  plan(batch, { mixupAlpha, cutmixAlpha, cutmix: chance }, key, context) {
    const boxes = new Random(fold(key, 2)).float() < chance
    return boxes
      ? cutmix.plan(batch, { alpha: cutmixAlpha }, key, context)
      : mixup.plan(batch, { alpha: mixupAlpha }, key, context)
  },
})
