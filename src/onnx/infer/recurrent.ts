import { type InferRule, type InferRules, type Site, show } from './site.js'

/** Y `[steps, directions, batch, hidden]`, then `states` final states (batch first with layout 1). */
const recurrent =
  (gates: number, states: number): InferRule =>
  site => {
    const { steps, batch, directions, hidden } = recurrentSizes(site, gates)
    const dtype = site.dtype(0)
    const batchFirst = site.int('layout', 0) === 1
    const initial = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden]
    for (const i of states === 2 ? [5, 6] : [5])
      if (site.has(i) && site.shape(i).join() !== initial.join())
        site.fail(`an initial state of shape ${show(initial)}`, show(site.shape(i)))
    const sequence = batchFirst
      ? [batch, steps, directions, hidden]
      : [steps, directions, batch, hidden]
    return [{ dtype, shape: sequence }, ...Array(states).fill({ dtype, shape: initial })]
  }

export interface RecurrentSizes {
  steps: number
  batch: number
  input: number
  directions: number
  hidden: number
}

/** Sizes of an RNN, GRU or LSTM whose weights hold `gates` blocks, checked against W and R. */
export function recurrentSizes(site: Site, gates: number): RecurrentSizes {
  const x = site.ranked(0, 3)
  const [directions, rows, input] = site.ranked(1, 3)
  const hidden = site.ranked(2, 3)[2]
  const [steps, batch] = site.int('layout', 0) === 1 ? [x[1], x[0]] : [x[0], x[1]]
  const wanted = site.text('direction', 'forward') === 'bidirectional' ? 2 : 1
  if (directions !== wanted || rows !== gates * hidden || input !== x[2])
    site.fail(`weights of shape [${wanted}, ${gates * hidden}, ${x[2]}]`, show(site.shape(1)))
  if (site.int('hidden_size', hidden) !== hidden)
    site.fail(`hidden_size ${hidden}, as in R`, site.int('hidden_size', hidden))
  return { steps, batch, input, directions, hidden }
}

export const recurrentRules: InferRules = {
  GRU: recurrent(3, 1),
  LSTM: recurrent(4, 2),
  RNN: recurrent(1, 1),
}
