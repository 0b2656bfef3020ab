import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expected, UsageError } from '../../base/index.js'
import { exportModel, openModel } from '../../model/index.js'
import { decodeSafetensors, readCheckpoint } from '../../record/index.js'

/**
 * The model a member of an ensemble is named by: an ONNX file, a finished run's folder, or a checkpoint's
 * folder, which is the run's model with the weights of that step. Throws UsageError for another folder.
 */
export async function memberModel(path: string): Promise<string | Uint8Array> {
  if (!existsSync(path) || !statSync(path).isDirectory()) return path
  const isCheckpoint = existsSync(join(path, 'manifest.json'))
  const file = join(isCheckpoint ? dirname(dirname(path)) : path, 'model.onnx')
  if (!existsSync(file)) throw noModel(path, file)
  if (!isCheckpoint) return file
  const weights = readCheckpoint(path).parts.get('weights.safetensors')
  if (!weights) throw noModel(path, 'weights.safetensors')
  const { tensors } = decodeSafetensors(weights, path)
  const values = [...tensors].map(([name, { data }]) => [name, data as Float32Array] as const)
  return exportModel(await openModel(file), new Map(values))
}

function noModel(path: string, missing: string): UsageError {
  const wanted = "an ONNX file, a finished run's folder or one of its checkpoints/step-... folders"
  return new UsageError(expected('--ensemble', wanted, path, `There is no ${missing}.`))
}
