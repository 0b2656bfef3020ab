import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import { ModelError, UsageError } from '../../base/index.js'
import { fromHuggingFace } from './hugging-face.js'
import { type Preprocess, parsePreprocess } from './schema.js'

const HUGGING_FACE = 'preprocessor_config.json'

export interface ResolvedPreprocess {
  preprocess: Preprocess
  /** Where it came from, for the plan and for people. */
  source: string
  /** What the source says that cannot be followed. */
  notes: readonly string[]
}

export interface PreprocessSources {
  /** The recipe's `preprocess:` value. */
  inline?: unknown
  /** The file of `--preprocess` (YAML or JSON). */
  file?: string
  /** The model's own metadata, where it has any (`temper.preprocess`). */
  metadata?: { value: unknown; name: string }
  /** Path of the model file: a `preprocessor_config.json` beside it or one folder up is read. */
  model?: string
}

/**
 * What is said about preprocessing, the first of: the recipe, `--preprocess`, the model's metadata,
 * `preprocessor_config.json` beside the model or one folder up. Undefined when nothing is said.
 * Throws UsageError for a recipe or file that is wrong, ModelError for what came with the model.
 */
export async function resolvePreprocess(
  sources: PreprocessSources,
): Promise<ResolvedPreprocess | undefined> {
  const { inline, file, metadata, model } = sources
  if (inline !== undefined) return said(parsePreprocess(inline), 'the recipe')
  if (file !== undefined) return fromFile(file)
  if (metadata)
    return said(parsePreprocess(metadata.value, metadata.name), `the model's ${metadata.name}`)
  return model === undefined ? undefined : besideModel(model)
}

const said = (
  preprocess: Preprocess,
  source: string,
  notes: string[] = [],
): ResolvedPreprocess => ({
  preprocess,
  source,
  notes,
})

/** A Hugging Face file may be named outright, too. */
async function fromFile(file: string): Promise<ResolvedPreprocess> {
  const text = await readFile(file, 'utf8').catch(error => {
    throw new UsageError(`--preprocess: ${file} cannot be read (${error.code ?? error.message}).`)
  })
  const value = parseText(text, file)
  if (basename(file) !== HUGGING_FACE) return said(parsePreprocess(value, file), file)
  const { preprocess, notes } = fromHuggingFace(value, file)
  return said(preprocess, file, notes)
}

function parseText(text: string, where: string): unknown {
  try {
    return parse(text, { schema: 'core', maxAliasCount: 10 })
  } catch (error) {
    throw new UsageError(`${where}: not YAML or JSON (${(error as Error).message.split('\n')[0]}).`)
  }
}

async function besideModel(model: string): Promise<ResolvedPreprocess | undefined> {
  const folder = dirname(model)
  for (const path of [join(folder, HUGGING_FACE), join(folder, '..', HUGGING_FACE)]) {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text === undefined) continue
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      throw new ModelError(`${path}: not JSON. Mend it, remove it, or say --preprocess FILE.`)
    }
    const { preprocess, notes } = fromHuggingFace(value, path)
    return said(preprocess, path, notes)
  }
  return undefined
}
