import { stringify } from 'yaml'
import type { Study } from '../record/index.js'
import { recipeOf } from './study/settings.js'
import type { StudyState } from './study/state.js'

/** The recommended recipe as YAML, with what is known of it on top; undefined before any trial is complete. */
export function bestRecipe(
  state: StudyState,
  { best, objectives, notSearched }: Study,
): string | undefined {
  if (!best) return undefined
  const trial = state.trials[best.index]
  const figures = objectives.map(({ name }) => `${name} ${figureText(best.values![name])}`)
  const point = Object.entries(trial.point).map(([name, value]) => `  ${name} = ${value}`)
  const lines = [
    `Trial ${best.index} of study ${state.id.slice(0, 12)}: ${best.reason}.`,
    `On ${state.settings.content.samples} held-out samples: ${figures.join(', ')}.`,
    'These samples chose the recipe, so expect a little less on others: measure it on data.test.',
    'What the search chose:',
    ...point,
    'Not searched:',
    ...(notSearched ?? []).map(text => `  ${text}`),
  ]
  const comment = lines.map(line => `# ${line.replace(/[^\P{Cc}\t]/gu, ' ')}\n`).join('')
  return comment + stringify(wholeRecipe(state, trial))
}

/** The trial's recipe, with the test data that no trial looked at. */
function wholeRecipe({ settings }: StudyState, trial: Parameters<typeof recipeOf>[1]): object {
  const recipe = recipeOf(settings, trial) as { data: object }
  return { ...recipe, data: settings.recipe.data }
}

function figureText({
  mean,
  standardDeviation,
  seeds,
}: NonNullable<NonNullable<Study['best']>['values']>[string]): string {
  const value = Number(mean.toPrecision(4))
  return standardDeviation === undefined
    ? `${value} (one seed)`
    : `${value} +- ${Number(standardDeviation.toPrecision(2))} (standard deviation of ${seeds} seeds)`
}
