import { readFileSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ModelError } from '../base/index.js'
import { externalDataIn } from './external.js'
import type { Model } from './graph.js'
import { type ReadOptions, readModel } from './proto/read.js'

/** Protobuf itself ends at 2 GiB; larger models keep their weights beside the file. */
const maxBytes = 2 ** 31

/** The bytes of a model file. Throws ModelError when there is none or it is too large. */
export function readModelBytes(path: string): Uint8Array {
  const status = statusOf(path)
  if (!status.isFile())
    throw new ModelError(`${path} is not a file; give the path of an .onnx file.`)
  if (status.size > maxBytes)
    throw new ModelError(`${path} has ${status.size} bytes; an ONNX file ends at ${maxBytes}.`)
  return readFileSync(path)
}

function statusOf(path: string): Stats {
  try {
    return statSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be opened (${code})`
    throw new ModelError(`The model ${path} cannot be read: ${why}. Check the path.`)
  }
}

/**
 * Reads a model file, and the weights it keeps beside itself. Throws ModelError that names the
 * path: missing, not ONNX, truncated, or external data outside the model's folder.
 */
export function readModelFile(path: string, options: ReadOptions = {}): Model {
  const bytes = readModelBytes(path)
  try {
    return readModel(bytes, { externalData: externalDataIn(dirname(path)), ...options })
  } catch (error) {
    if (error instanceof ModelError) throw new ModelError(`${path}: ${error.message}`, error.fields)
    throw error
  }
}
