import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Decoding, decode, decodedShape } from '../codecs/decode.js'
import type { Dataset } from '../dataset.js'
import { decodePool } from './decode-pool.js'
import { readSample } from './folder.js'
import { idOfText } from './text-id.js'

export interface FilesSource {
  name: string
  format: string
  detected: string
  /** A real path; the files are inside it. */
  root: string
  /** Paths relative to `root`, with "/"; each is its sample's identity. */
  files: readonly string[]
  decoding: Decoding
  labels?: Int32Array
  targets?: Float32Array
  classes?: readonly string[]
  /** The group (speaker) of each file. */
  groups?: readonly string[]
  split?: string
  splits?: readonly string[]
}

/** Folders up to this size are hashed whole. */
const HASHED_WHOLE_BYTES = 256 * 2 ** 20
const HASHED_WHOLE_FILES = 20_000
const HASHED_FILES = 256
const STATS_AT_ONCE = 1000

/** Samples that each are a file, decoded when they are read: memory does not grow with the data. */
export function filesDataset(source: FilesSource): Dataset {
  const { root, files, decoding, groups, ...rest } = source
  let hash: Promise<string> | undefined
  return {
    ...rest,
    kind: decoding.kind,
    sampleRate: decoding.kind === 'audio' ? decoding.sampleRate : undefined,
    shape: decodedShape(decoding),
    length: files.length,
    immediate: false,
    hashed:
      'names, lengths and labels of all files, how they are decoded, and the bytes of all ' +
      `(above ${HASHED_WHOLE_BYTES / 2 ** 20} MB or ${HASHED_WHOLE_FILES} files: of ${HASHED_FILES} evenly spaced ones)`,
    id: index => idOfText(files[index]),
    identity: index => files[index],
    group: groups && (index => groups[index]),
    read: async (index, out) => {
      const bytes = await readSample(root, files[index])
      await decode(bytes, decoding, out, files[index])
    },
    readMany: (indices, out) =>
      decodePool.decode({ root, decoding, files: Array.from(indices, i => files[i]) }, out),
    sha256: () => {
      hash ??= hashFiles(source)
      return hash
    },
  }
}

async function hashFiles({ root, files, decoding, labels, targets }: FilesSource): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(decoding))
  let total = 0
  for (let start = 0; start < files.length; start += STATS_AT_ONCE) {
    // synchronous calls are 20 times faster here; a pause now and then lets others run
    await new Promise(resolve => setImmediate(resolve))
    for (let index = start; index < Math.min(start + STATS_AT_ONCE, files.length); index++) {
      const size = statSync(join(root, files[index]), { throwIfNoEntry: false })?.size ?? 0
      total += size
      hash.update(`\n${files[index]}\t${size}\t${labels?.[index] ?? targets?.[index] ?? ''}`)
    }
  }
  const isSmall = total <= HASHED_WHOLE_BYTES && files.length <= HASHED_WHOLE_FILES
  const step = isSmall ? 1 : Math.max(1, Math.floor(files.length / HASHED_FILES))
  for (let index = 0; index < files.length; index += step)
    hash.update(await readSample(root, files[index]))
  return hash.digest('hex')
}
