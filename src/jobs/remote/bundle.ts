/** Several files of a folder as one, to travel by its hash. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { DataError } from '../../base/index.js'

/** A path below the folder: no step upward, nothing absolute. */
const path = z.string().regex(/^(?!\.)[A-Za-z0-9._-]+(\/(?!\.)[A-Za-z0-9._-]+){0,5}$/)
const contents = z.array(z.strictObject({ path, length: z.int().min(0) })).max(1000)

/** Length of the list, the list as JSON, the files end to end. */
export function writeBundle(file: string, folder: string, paths: readonly string[]): void {
  const files = paths.map(path => readFileSync(join(folder, path)))
  const list = paths.map((path, i) => ({ path, length: files[i].length }))
  const text = Buffer.from(JSON.stringify(list))
  const head = Buffer.alloc(4)
  head.writeUInt32LE(text.length)
  writeFileSync(file, Buffer.concat([head, text, ...files]))
}

/** Lays the files out in `folder`; throws DataError, writing nothing, for what is no bundle. */
export function openBundle(file: string, folder: string): void {
  const bytes = readFileSync(file)
  const files = filesOf(bytes)
  if (!files) throw new DataError('bundle: it is damaged: its list of files does not fit it.')
  for (const { path, content } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

function filesOf(bytes: Buffer): { path: string; content: Buffer }[] | undefined {
  if (bytes.length < 4) return undefined
  let at = 4 + bytes.readUInt32LE(0)
  const list = contents.safeParse(parsed(bytes.subarray(4, at))).data
  const total = list?.reduce((sum, { length }) => sum + length, at)
  if (total !== bytes.length) return undefined
  return list?.map(({ path, length }) => {
    at += length
    return { path, content: bytes.subarray(at - length, at) }
  })
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'))
  } catch {
    return undefined
  }
}
