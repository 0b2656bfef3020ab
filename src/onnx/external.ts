import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
} from 'node:fs'
import { isAbsolute, join, resolve, sep } from 'node:path'
import { ModelError } from '../base/index.js'
import type { ExternalPart, ExternalReader } from './proto/tensor.js'

/**
 * Reads tensors that stand beside a model file. The location comes from the file and is hostile:
 * only a relative path without `..`, free of symbolic and hard links, to a regular file within the
 * model's own folder is opened, and only bytes that the file has are read. Throws ModelError.
 */
export function externalDataIn(folder: string): ExternalReader {
  const root = realpathSync(folder)
  return part => {
    const path = checkedPath(root, part.location)
    const file = openChecked(path, part)
    try {
      return readPart(file, part)
    } finally {
      closeSync(file)
    }
  }
}

function checkedPath(root: string, location: string): string {
  const steps = location.split(/[\\/]/)
  const isUnsafe =
    !location || location.includes('\0') || isAbsolute(location) || /^[a-z]:/i.test(location)
  if (isUnsafe || steps.includes('..')) throw refused(location, 'it leaves the folder of the model')
  const path = resolve(root, ...steps)
  if (!path.startsWith(root + sep)) throw refused(location, 'it leaves the folder of the model')
  let walked = root
  for (const step of steps.filter(s => s && s !== '.')) {
    walked = join(walked, step)
    if (statusOf(walked, location).isSymbolicLink())
      throw refused(location, 'it is a symbolic link')
  }
  return path
}

function statusOf(path: string, location: string) {
  try {
    return lstatSync(path)
  } catch {
    throw refused(location, 'there is no such file beside the model')
  }
}

/** Opens what was checked, and checks it once more as opened: links may change in between. */
function openChecked(path: string, { location, offset, length }: ExternalPart): number {
  if (!statusOf(path, location).isFile()) throw refused(location, 'it is not a regular file')
  const file = open(path, location)
  const status = fstatSync(file)
  const fault = !status.isFile()
    ? 'it is not a regular file'
    : status.nlink !== 1
      ? 'it is a hard link to a file that has other names'
      : offset + length > status.size
        ? `it has ${status.size} bytes, and bytes ${offset} to ${offset + length} are asked for`
        : undefined
  if (!fault) return file
  closeSync(file)
  throw refused(location, fault)
}

function open(path: string, location: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    throw refused(location, `it cannot be opened (${(error as NodeJS.ErrnoException).code})`)
  }
}

function readPart(file: number, { location, offset, length }: ExternalPart): Uint8Array {
  const bytes = new Uint8Array(length)
  let position = 0
  while (position < length) {
    const read = readSync(file, bytes, position, length - position, offset + position)
    if (read === 0) throw refused(location, 'it became shorter while it was read')
    position += read
  }
  return bytes
}

function refused(location: string, why: string): ModelError {
  return new ModelError(`The model keeps weights in "${location}", which is refused: ${why}.`, {
    location,
  })
}
