import { percent, plain } from '../../page/index.js'
import type { Study, Trial } from '../../record/index.js'

/** `cleanAccuracy` as "clean accuracy". */
export const measureName = (name: string): string =>
  name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)

const isShare = (name: string) => /Accuracy$|Ece$/.test(name)

/** Accuracies as percent, others as they are. */
export function figure(name: string, value: number | undefined): string {
  return isShare(name) ? percent(value) : plain(value)
}

export const axisOf = (name: string) => ({
  label: measureName(name),
  format: isShare(name) ? ('percent' as const) : ('number' as const),
})

/** Every measure of a trial, and its parameters, on a line each. */
export function trialTitle(trial: Trial, objectives: Study['objectives']): string {
  const values = objectives.map(
    ({ name }) => `${measureName(name)} ${figure(name, trial.values[name])}`,
  )
  const parameters = Object.entries(trial.parameters).map(
    ([name, value]) => `${name} = ${valueText(value)}`,
  )
  return [
    `trial ${trial.index}, ${trial.epochs} epochs (${trial.state})`,
    ...values,
    ...parameters,
  ].join('\n')
}

export const valueText = (value: number | string | boolean): string =>
  typeof value === 'number' ? plain(value) : value === true ? 'on' : value === false ? 'off' : value

/** The trials of the search itself. */
export const searchedOf = ({ trials }: Study): Trial[] =>
  trials.filter(trial => trial.repeats === undefined)
