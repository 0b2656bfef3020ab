import type { Measures } from '../record/index.js'
import { percent, plain } from './words.js'

/** The measure a page is about: accuracy where there are labels, RMSE for regression, else agreement. */
export interface Headline {
  readonly key: 'accuracy' | 'rmse' | 'agreement'
  /** As a column or axis says it. */
  readonly label: string
  readonly format: (value: number | null | undefined) => string
  readonly axis: 'percent' | 'number'
  readonly better: 'higher' | 'lower'
  value(measures: Measures): number | undefined
  interval(measures: Measures): readonly [number, number] | undefined
}

const headlines = {
  accuracy: { label: 'Accuracy', format: percent, axis: 'percent', better: 'higher' },
  rmse: { label: 'RMSE', format: plain, axis: 'number', better: 'lower' },
  agreement: {
    label: 'Agreement with the clean answer',
    format: percent,
    axis: 'percent',
    better: 'higher',
  },
} as const

/** The headline of measures of which each list (a scorecard, a run) must hold it somewhere. */
export function headlineOf(lists: readonly (readonly Measures[])[]): Headline {
  const has = (key: Headline['key']) =>
    lists.every(list => list.some(measures => measures[key] !== undefined))
  const key = has('accuracy') ? 'accuracy' : has('rmse') ? 'rmse' : 'agreement'
  return {
    key,
    ...headlines[key],
    value: measures => measures[key],
    interval: measures => measures[`${key}Interval`],
  }
}
