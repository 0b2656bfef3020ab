/** A part of a trial, done far from its study: what an earlier worker saved comes along. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { DataError } from '../../base/index.js'
import { contentHash, listCheckpoints } from '../../record/index.js'
import type { TrialResult } from '../../train/index.js'
import type { RemoteContext } from '../queue/index.js'
import { runJob } from '../run.js'
import { openBundle, writeBundle } from './bundle.js'

const hash = z.string().regex(/^[0-9a-f]{64}$/)

export const trialSchema = z.strictObject({
  recipe: z.looseObject({ model: z.looseObject({}), data: z.looseObject({}) }),
  untilEpoch: z.int().min(1),
  engine: z.looseObject({}),
  train: hash,
  validation: hash.optional(),
  model: hash.optional(),
  /** What an earlier part saved. */
  from: hash.optional(),
})
export type FarTrial = z.infer<typeof trialSchema>

/** A trial's result, and the artefact its next part goes on from. */
export interface FarTrialResult extends TrialResult {
  readonly saved?: string
}

export interface TrialPlace {
  /** Folder of the trials this worker has met. */
  readonly folder: string
  readonly threads: number
}

export async function farTrial(
  payload: FarTrial,
  { artefact, keep, data, signal }: RemoteContext,
  { folder, threads }: TrialPlace,
): Promise<FarTrialResult> {
  const { untilEpoch, engine, from } = payload
  const recipe = await recipeHere(payload, { artefact, data })
  const run = join(folder, contentHash(payload.recipe))
  if (!existsSync(join(run, 'checkpoints')) && from !== undefined)
    layOut(await artefact(from), run, recipe)
  const asked = { recipe, untilEpoch, engine, folder: run, threads, device: 'cpu' }
  const result = await runJob<TrialResult>('trial', asked, { signal }).catch(error => {
    // What came from elsewhere may not fit here; from the beginning it gives the same.
    if (!(error instanceof DataError) || from === undefined) throw error
    rmSync(run, { recursive: true, force: true })
    return runJob<TrialResult>('trial', asked, { signal })
  })
  return { ...result, saved: await save(run, keep) }
}

/** The recipe with data and model as they are found here. */
async function recipeHere(
  { recipe, train, validation, model }: FarTrial,
  { artefact, data }: Pick<RemoteContext, 'artefact' | 'data'>,
): Promise<FarTrial['recipe']> {
  const places = { train: data(train), ...(validation && { validation: data(validation) }) }
  return {
    ...recipe,
    data: { ...recipe.data, ...places },
    model: { ...recipe.model, ...(model && { file: await artefact(model) }) },
  }
}

function layOut(bundle: string, run: string, recipe: FarTrial['recipe']): void {
  const aside = `${run}.new`
  rmSync(aside, { recursive: true, force: true })
  openBundle(bundle, aside)
  // JSON is YAML too.
  writeFileSync(join(aside, 'recipe.yaml'), JSON.stringify(recipe))
  mkdirSync(run, { recursive: true })
  cpSync(aside, run, { recursive: true })
  rmSync(aside, { recursive: true })
}

/** What a next part needs: the last checkpoint, the plan, the events. */
async function save(run: string, keep: RemoteContext['keep']): Promise<string | undefined> {
  const last = listCheckpoints(join(run, 'checkpoints')).at(-1)
  if (last === undefined) return undefined
  const checkpoint = join('checkpoints', basename(last))
  const files = readdirSync(last).map(name => join(checkpoint, name))
  const bundle = `${run}.bundle`
  writeBundle(bundle, run, ['plan.json', 'events.jsonl', ...files])
  const sha256 = await keep(bundle)
  rmSync(bundle)
  return sha256
}
