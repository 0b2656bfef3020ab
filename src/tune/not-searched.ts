import { allNoises } from '../noise/index.js'
import { isActive } from '../recipe/index.js'
import type { StudyState } from './study/state.js'

const rooms: readonly (readonly [string, string])[] = [
  ['model', 'the architecture'],
  ['optimizer', 'the optimizer and its learning rate'],
  ['train', 'batch size, loss and the other settings of train'],
]

/** What a reader must not conclude from the study: what was held fixed, what never came up. */
export function notSearched(state: StudyState): string[] {
  const { settings, space } = state
  const searched = JSON.stringify(settings.recipe.noise ?? [])
  const { kind } = settings.content
  const fitting = allNoises().filter(
    noise => noise.at !== 'input' || noise.modality === 'any' || noise.modality === kind,
  )
  const left = fitting.filter(noise => !noise.heldOut && !searched.includes(`"${noise.kind}"`))
  const fixed = rooms.filter(
    ([room]) => !JSON.stringify(settings.recipe[room] ?? {}).includes('"search"'),
  )
  const never = space.parameters.filter(p => !state.searched.some(t => isActive(p, t.point)))
  return [
    `${left.length} of the ${fitting.length} noises that ${kind} data can have, among them ${left
      .slice(0, 6)
      .map(n => `${n.at}:${n.kind}`)
      .join(', ')}.`,
    ...fixed.map(
      ([room, what]) =>
        `${what[0].toUpperCase()}${what.slice(1)}: as the recipe's ${room} gives it.`,
    ),
    `Other lengths: every whole trial is ${settings.epochs} epochs; a recipe that pays off later was stopped before.`,
    `Other data and other suites: all is measured on ${settings.content.samples} held-out samples, under the monitor's suite.`,
    ...never.map(({ name }) => `${name}: no trial had it.`),
  ]
}
