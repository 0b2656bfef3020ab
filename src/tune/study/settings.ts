import {
  type Assignment,
  fillRecipe,
  type Plan,
  readSpace,
  type SearchSpace,
} from '../../recipe/index.js'
import { contentHash } from '../../record/index.js'
import type { Objective } from '../objectives.js'
import type { SamplerName } from '../sampler/index.js'
import { rungsOf } from '../stopping/asha.js'

/** How trials that do badly end early. */
export const stoppings = {
  asha: 'a trial goes on from a rung if it is among the best 1 / eta there so far',
  halving: 'as asha, but a rung waits for all its trials: the order of arrival does not matter',
  median: 'a trial ends when its best is worse than the median of complete ones at the same rung',
  none: 'every trial runs to its end',
} as const
export type Stopping = keyof typeof stoppings

/** What the trials read, by content. */
export interface StudyContent {
  readonly train: string
  readonly validation: string
  readonly model?: string
  /** Kind of the samples, and how many the checks measure on. */
  readonly kind: 'image' | 'audio' | 'vector'
  readonly samples: number
}

/** All a study follows; equal settings give equal trials. */
export interface StudySettings {
  /** With searches in it, complete otherwise. */
  readonly recipe: Readonly<Record<string, unknown>>
  readonly objectives: readonly Objective[]
  readonly sampler: SamplerName
  readonly stopping: Stopping
  readonly eta: number
  /** Epochs before a trial may be stopped. */
  readonly grace: number
  /** Epochs of a whole trial. */
  readonly epochs: number
  readonly trials: number
  /** How many of the best are trained again, until each has been with so many seeds. */
  readonly finalists: number
  readonly repeats: number
  readonly seed: number
  readonly engine: Plan['engine']
  readonly device: 'cpu' | 'webgpu' | 'cuda'
  readonly content: StudyContent
}

/** Where things lie is no part of what they are. */
const places = new Set(['train', 'validation', 'test', 'file'])

/**
 * The name of a study: a hash of what its trials compute. Paths, threads and versions are not in
 * it, nor how many trials there are to be.
 */
export function studyId(settings: StudySettings): string {
  const { recipe, trials, finalists, repeats, ...rest } = settings
  const nameless = Object.entries(recipe).map(([room, value]) => [
    room,
    room === 'data' || room === 'model' ? withoutPlaces(value as object) : value,
  ])
  return contentHash({ ...rest, recipe: Object.fromEntries(nameless) })
}

function withoutPlaces(value: object): object {
  const kept = Object.entries(value).filter(
    ([key, item]) => !places.has(key) || typeof item !== 'string',
  )
  return Object.fromEntries(kept)
}

export const spaceOf = ({ recipe }: StudySettings): SearchSpace => readSpace(recipe)

/** Epochs after which a trial is measured and may be stopped. */
export const rungsOfStudy = ({ stopping, epochs, grace, eta }: StudySettings): number[] =>
  stopping === 'none' ? [epochs] : rungsOf(epochs, grace, eta)

/** The complete recipe of one trial, without test data of its own: no trial may look at it. */
export function recipeOf(
  settings: StudySettings,
  { point, seed }: { readonly point: Assignment; readonly seed: number },
): Record<string, unknown> {
  const recipe = fillRecipe(spaceOf(settings), point) as Record<string, unknown>
  const { test, ...data } = recipe.data as Record<string, unknown>
  return { ...recipe, data: typeof test === 'string' ? data : recipe.data, seed }
}
