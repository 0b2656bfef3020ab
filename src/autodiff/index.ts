export { type Backward, backward, type StoppedAt } from './backward.js'
export { type Gradients, isStop, type Row, type Rule, type Stop } from './rule.js'
export { rowOf, rules } from './table.js'
