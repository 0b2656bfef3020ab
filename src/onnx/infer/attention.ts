import { type InferRule, type InferRules, type Site, show } from './site.js'

interface Heads {
  batch: number
  heads: number
  length: number
  width: number
}

/** `[batch, heads, length, width]`, or `[batch, length, heads * width]` with the heads as attribute. */
function headsOf(site: Site, index: number, attribute: string): Heads {
  const shape = site.ranked(index, 3, 4)
  if (shape.length === 4) {
    const [batch, heads, length, width] = shape
    return { batch, heads, length, width }
  }
  const heads = site.int(attribute, 0)
  if (heads < 1 || shape[2] % heads) site.fail(`${attribute} that divides ${shape[2]}`, heads)
  return { batch: shape[0], heads, length: shape[1], width: shape[2] / heads }
}

/** Output, the present keys and values, and the raw scores. */
const attention: InferRule = site => {
  const dtype = site.dtype(0)
  const q = headsOf(site, 0, 'q_num_heads')
  const k = headsOf(site, 1, 'kv_num_heads')
  const v = headsOf(site, 2, 'kv_num_heads')
  if (q.width !== k.width) site.fail(`keys of width ${q.width}`, k.width)
  const past = site.has(4) ? site.ranked(4, 4)[2] : 0
  const total = past + k.length
  const flat = site.shape(0).length === 3
  const output = flat
    ? [q.batch, q.length, q.heads * v.width]
    : [q.batch, q.heads, q.length, v.width]
  return [
    { dtype, shape: output },
    { dtype, shape: [k.batch, k.heads, total, k.width] },
    { dtype, shape: [v.batch, v.heads, total, v.width] },
    { dtype, shape: [q.batch, q.heads, q.length, total] },
  ]
}

const rotaryEmbedding: InferRule = site => {
  headsOf(site, 0, 'num_heads')
  return [site.type(0)]
}

/** The loss, reduced or one a position, and the log-probabilities. */
const loss: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const labels = site.shape(1)
  const wanted = [shape[0], ...shape.slice(2)]
  if (labels.join() !== wanted.join()) site.fail(`labels of shape ${show(wanted)}`, show(labels))
  const reduced = site.text('reduction', 'mean') !== 'none'
  return [
    { dtype, shape: reduced ? [] : labels },
    { dtype, shape },
  ]
}

export const attentionRules: InferRules = {
  Attention: attention,
  NegativeLogLikelihoodLoss: site => loss(site).slice(0, 1),
  RotaryEmbedding: rotaryEmbedding,
  SoftmaxCrossEntropyLoss: loss,
}
