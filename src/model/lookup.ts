import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ModelError } from '../base/index.js'
import type { Model, ValueInfo } from '../onnx/index.js'
import { type Preprocess, preprocessSchema } from './preprocess.js'

/** The metadata that lets a model be opened again without being told its preprocessing. */
export const preprocessKey = 'temper.preprocess'

const maxConfigBytes = 1 << 20

export interface FoundPreprocess {
  readonly preprocess: Preprocess
  /** Where it was found, for people; undefined where nothing says anything. */
  readonly source?: string
}

/**
 * The preprocessing a model comes with: its own metadata, else a `preprocessor_config.json` beside
 * the file (or one folder up, from `onnx/`), else a scale of 255 where the input holds bytes.
 * Throws ModelError for a broken one.
 */
export function findPreprocess(model: Model, input: ValueInfo, path?: string): FoundPreprocess {
  const own = model.metadata.get(preprocessKey)
  if (own !== undefined) {
    const source = `the model's metadata ${preprocessKey}`
    return { preprocess: checked(parseJson(own, source), source), source }
  }
  const config = path === undefined ? undefined : configBeside(path)
  if (config) return { preprocess: fromConfig(readJson(config), config), source: config }
  if (input.dtype === 'uint8')
    return { preprocess: checked({ scale: 255 }, ''), source: 'the input holds bytes, 0 to 255' }
  return { preprocess: checked({}, '') }
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
  return folders.map(f => join(f, 'preprocessor_config.json')).find(existsSync)
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

/**
 * Transformers' settings. Images: `(bytes * rescale_factor - image_mean) / image_std`; our pixels
 * count from 0 to 1, so scale = 255 * rescale_factor. Sound is only given its rate.
 */
function fromConfig(config: unknown, where: string): Preprocess {
  if (typeof config !== 'object' || config === null)
    throw new ModelError(`${where}: expected an object of settings, received ${config}.`)
  const c = config as Record<string, unknown>
  if (c.sampling_rate !== undefined) return checked({ sampleRate: c.sampling_rate }, where)
  const factor = c.do_rescale === false ? 1 : Number(c.rescale_factor ?? 1 / 255)
  const size = sizeIn(c.crop_size) ?? sizeIn(c.size)
  const normalised = c.do_normalize !== false
  return checked(
    {
      // Files cut 1 / 255 to some digits.
      scale: Math.abs(factor * 255 - 1) < 1e-6 ? 1 : factor * 255,
      ...(normalised && c.image_mean !== undefined && { mean: c.image_mean }),
      ...(normalised && c.image_std !== undefined && { std: c.image_std }),
      ...(size && { size }),
      ...(c.data_format === 'channels_last' && { layout: 'NHWC' }),
    },
    where,
  )
}

/** `224`, `{ height, width }` or `{ shortest_edge }`. */
function sizeIn(value: unknown): [number, number] | undefined {
  if (typeof value === 'number') return [value, value]
  if (typeof value !== 'object' || value === null) return undefined
  const { height, width, shortest_edge: edge } = value as Record<string, number | undefined>
  if (height !== undefined && width !== undefined) return [height, width]
  return edge === undefined ? undefined : [edge, edge]
}
