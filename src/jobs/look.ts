import { type ResolveOptions, readSpace, resolveSpace } from '../recipe/index.js'
import { trialSamples } from '../train/index.js'

export interface LookPayload extends ResolveOptions {
  /** With or without searches in it. */
  readonly recipe: unknown
}

/** What a recipe meets: content and kind of its data and model. */
export type Look = Awaited<ReturnType<typeof look>>

/** Opens what a recipe with searches names, and holds every end of its space against it. */
export async function look({ recipe, ...options }: LookPayload) {
  const resolved = await resolveSpace(readSpace(recipe), options)
  const { plan, train, validation } = resolved
  const { data, model, lengths } = plan
  return {
    kind: train.kind,
    hasClasses: train.labels !== undefined,
    train: data.train.sha256,
    validation: data.validation.sha256,
    /** Of a file that is gone on from; a fresh network follows from the recipe. */
    model: resolved.recipe.model.file === undefined ? undefined : model.sha256,
    samples: Math.min(resolved.recipe.monitor.samples ?? trialSamples, validation.length),
    lengths,
  }
}
