import { realpath, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { Dataset } from '../dataset.js'
import type { DataOptions } from '../options.js'
import { type Listing, listFolder } from '../sources/folder.js'

/** A path a person pointed at, looked at once. */
export interface Place {
  /** The last part of the path. */
  name: string
  /** The real path, links resolved. */
  path: string
  /** Lower case with its dot; of a file. */
  extension: string
  /** Of a folder. */
  listing?: Listing
}

/** A layout Temper reads: how it is recognised, and how it is opened. */
export interface Format {
  name: string
  /** One line for a list of all. */
  describe: string
  matches(place: Place): boolean | Promise<boolean>
  open(place: Place, options: DataOptions): Promise<Dataset>
}

/** Looks at a path; undefined when nothing is there. */
export async function lookAt(path: string): Promise<Place | undefined> {
  const real = await realpath(path).catch(() => undefined)
  if (real === undefined) return undefined
  const found = await stat(real)
  return {
    name: basename(real),
    path: real,
    extension: found.isFile() ? extname(real).toLowerCase() : '',
    listing: found.isDirectory() ? await listFolder(real, real) : undefined,
  }
}
