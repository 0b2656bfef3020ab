import { each, type InferRule, type InferRules, type Site, sameAsFirst, show } from './site.js'

/** Parameters of one value a channel: inputs `first` to `last` are `[channels]`. */
function perChannel(site: Site, first: number, last: number): number {
  const channels = site.ranked(0, 2, Infinity)[1]
  for (let i = first; i <= last; i++)
    if (site.shape(i).join() !== `${channels}`)
      site.fail(`input ${i} of shape [${channels}]`, show(site.shape(i)))
  return channels
}

/** `[batch, channel, ...]`, or a single sample `[batch]` seen as one channel. */
const batchNormalization: InferRule = site => {
  const flat = site.shape(0).length === 1
  const channels = flat ? 1 : perChannel(site, 1, 4)
  const statistic = { dtype: site.dtype(3), shape: [channels] }
  return [site.type(0), statistic, statistic, statistic, statistic]
}

const instanceNormalization: InferRule = site => {
  perChannel(site, 1, 2)
  return sameAsFirst(site)
}

/** Scale and bias are per group before opset 21, per channel from it on. */
const groupNormalization: InferRule = site => {
  const channels = site.ranked(0, 2, Infinity)[1]
  const groups = site.int('num_groups', 1)
  if (channels % groups) site.fail(`channels divisible by ${groups} groups`, channels)
  for (const i of [1, 2])
    if (![channels, groups].includes(site.ranked(i, 1)[0]))
      site.fail(`input ${i} of shape [${channels}]`, show(site.shape(i)))
  return sameAsFirst(site)
}

/** Y, then the mean and inverse deviation over the normalised axes, which keep size 1. */
const layerNormalization: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const axis = site.axis(site.int('axis', -1), shape.length)
  for (const i of [1, 2])
    if (site.has(i) && site.broadcast(shape, site.shape(i)).join() !== shape.join())
      site.fail(`input ${i} that broadcasts to ${show(shape)}`, show(site.shape(i)))
  const reduced = shape.map((size, a) => (a < axis ? size : 1))
  const statistic = { dtype: dtype === 'float64' ? dtype : ('float32' as const), shape: reduced }
  return [{ dtype, shape }, statistic, statistic]
}

export const normalizeRules: InferRules = {
  ...each(sameAsFirst, 'LRN MeanVarianceNormalization'),
  ...each(layerNormalization, 'LayerNormalization RMSNormalization SimplifiedLayerNormalization'),
  BatchNormalization: batchNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
}
