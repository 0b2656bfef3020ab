import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ModelError } from '../base/index.js'
import type { Model, ValueInfo } from '../onnx/index.js'
import { fromHuggingFace } from './hugging-face.js'
import { fromOtherMetadata } from './other-metadata.js'
import { configName, type Preprocess, preprocessSchema } from './preprocess.js'

/** The metadata that lets a model be opened again without being told its preprocessing. */
export const preprocessKey = 'temper.preprocess'

/** The metadata that names the classes a model was trained on, a JSON list in the order of its outputs. */
export const classesKey = 'temper.classes'

const maxConfigBytes = 1 << 20

export interface FoundPreprocess {
  readonly preprocess: Preprocess
  /** Where it was found, for people; undefined where nothing says anything. */
  readonly source?: string
}

/**
 * The preprocessing a model comes with: its own metadata, else that of others who write some, else
 * a `preprocessor_config.json` beside the file (or one folder up, from `onnx/`), else a scale of 255
 * where the input holds bytes.
 * Throws ModelError for a broken one.
 */
export function findPreprocess(model: Model, input: ValueInfo, path?: string): FoundPreprocess {
  const own = model.metadata.get(preprocessKey)
  if (own !== undefined) {
    const source = `the model's metadata ${preprocessKey}`
    return { preprocess: checked(parseJson(own, source), source), source }
  }
  const others = fromOtherMetadata(model.metadata)
  if (others) return { preprocess: checked(others.value, others.source), source: others.source }
  const config = path === undefined ? undefined : configBeside(path)
  if (config)
    return {
      preprocess: checked(fromHuggingFace(readJson(config), config), config),
      source: config,
    }
  if (input.dtype === 'uint8')
    return { preprocess: checked({ scale: 255 }, ''), source: 'the input holds bytes, 0 to 255' }
  return { preprocess: checked({}, '') }
}

/** The classes a model names itself; undefined where it names none. Throws ModelError for a broken list. */
export function findClasses({ metadata }: Model): readonly string[] | undefined {
  const text = metadata.get(classesKey)
  if (text === undefined) return undefined
  const source = `the model's metadata ${classesKey}`
  const names = parseJson(text, source)
  if (Array.isArray(names) && names.every(name => typeof name === 'string')) return names
  throw new ModelError(`${source} is no list of names.`)
}

function checked(value: unknown, where: string): Preprocess {
  const result = preprocessSchema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new ModelError(`${[where, ...issue.path].join(': ')}: ${issue.message}`)
}

function configBeside(path: string): string | undefined {
  const folder = dirname(path)
  const folders = [folder, ...(basename(folder) === 'onnx' ? [dirname(folder)] : [])]
  return folders.map(f => join(f, configName)).find(existsSync)
}

function readJson(path: string): unknown {
  if (statSync(path).size > maxConfigBytes) throw new ModelError(`${path} is too large to be read.`)
  return parseJson(readFileSync(path, 'utf8'), path)
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ModelError(`${where} is not JSON: ${(error as Error).message}.`)
  }
}
