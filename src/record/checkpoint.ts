import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { DataError, InternalError } from '../base/index.js'
import {
  asidePath,
  type Content,
  chunksOf,
  explainDiskErrors,
  syncFolder,
  writeSynced,
} from './atomic.js'
import { sha256 } from './hash.js'
import { temperVersion } from './provenance.js'

const schemaName = 'temper.checkpoint/1'
const partName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/

const manifestSchema = z.object({
  schema: z.literal(schemaName),
  version: z.string(),
  step: z.int().min(0),
  parts: z.record(
    z.string().regex(partName),
    z.object({ bytes: z.int().min(0), sha256: z.string().length(64) }),
  ),
})
export type Manifest = z.infer<typeof manifestSchema>

export interface Checkpoint {
  readonly step: number
  readonly parts: ReadonlyMap<string, Uint8Array>
}

/**
 * Writes a folder with every part and a manifest of their SHA-256s, whole or not at all: prepared
 * aside, synced, renamed. Part names are plain file names.
 */
export function writeCheckpoint(
  folder: string,
  step: number,
  parts: Readonly<Record<string, Content>>,
): void {
  const aside = asidePath(folder)
  explainDiskErrors(folder, () => {
    rmSync(aside, { recursive: true, force: true })
    try {
      mkdirSync(aside)
      const manifest = writeParts(aside, step, parts)
      writeSynced(join(aside, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
      syncFolder(aside)
      rmSync(folder, { recursive: true, force: true })
      renameSync(aside, folder)
      syncFolder(dirname(folder))
    } catch (error) {
      rmSync(aside, { recursive: true, force: true })
      throw error
    }
  })
}

function writeParts(
  folder: string,
  step: number,
  parts: Readonly<Record<string, Content>>,
): Manifest {
  const manifest: Manifest = { schema: schemaName, version: temperVersion, step, parts: {} }
  for (const [name, content] of Object.entries(parts)) {
    if (!partName.test(name) || name === 'manifest.json')
      throw new InternalError(`"${name}" cannot name a part of a checkpoint`)
    const chunks = chunksOf(content)
    writeSynced(join(folder, name), chunks)
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    manifest.parts[name] = { bytes, sha256: sha256(...chunks) }
  }
  return manifest
}

/** Reads a checkpoint and checks every part; throws DataError naming the one that is damaged. */
export function readCheckpoint(folder: string): Checkpoint {
  const { step, parts } = readManifest(folder)
  const read = Object.entries(parts).map(([name, part]) => {
    const bytes = readPart(folder, name)
    const fault =
      bytes.length !== part.bytes
        ? `holds ${bytes.length} bytes instead of ${part.bytes}`
        : sha256(bytes) !== part.sha256 && 'does not match its SHA-256'
    if (fault) throw damaged(folder, name, fault)
    return [name, bytes] as const
  })
  return { step, parts: new Map(read) }
}

function readManifest(folder: string): Manifest {
  let data: unknown
  try {
    data = JSON.parse(readPart(folder, 'manifest.json').toString('utf8'))
  } catch (error) {
    if (error instanceof DataError) throw error
    throw damaged(folder, 'manifest.json', 'is not JSON')
  }
  const found = String((data as { schema?: unknown } | null)?.schema)
  if (found !== schemaName && /^temper\.checkpoint\/\d+$/.test(found))
    throw new DataError(
      `${folder}: written by a newer Temper (${found}); this one, ${temperVersion}, reads ${schemaName}.`,
    )
  const result = manifestSchema.safeParse(data)
  if (!result.success) throw damaged(folder, 'manifest.json', 'is not a checkpoint manifest')
  return result.data
}

function readPart(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name))
  } catch {
    throw damaged(folder, name, 'is missing or cannot be read')
  }
}

function damaged(folder: string, part: string, fault: string): DataError {
  return new DataError(
    `${folder}: the checkpoint is damaged: ${part} ${fault}. Resume from an older checkpoint.`,
    { folder, part },
  )
}

const stepFolder = /^step-(\d{9})$/

/** The folder of a step's checkpoint within a run's `checkpoints/`. */
export function checkpointFolder(checkpoints: string, step: number): string {
  return join(checkpoints, `step-${String(step).padStart(9, '0')}`)
}

/** Every checkpoint folder, oldest first; what a crash left half written is not among them. */
export function listCheckpoints(checkpoints: string): string[] {
  if (!existsSync(checkpoints)) return []
  return readdirSync(checkpoints)
    .filter(name => stepFolder.test(name))
    .sort()
    .map(name => join(checkpoints, name))
}

/**
 * The newest sound checkpoint; `onDamaged` hears the sentence about each newer one passed over.
 * Throws DataError when none is sound.
 */
export function latestCheckpoint(
  checkpoints: string,
  onDamaged: (sentence: string) => void = () => {},
): Checkpoint {
  for (const folder of listCheckpoints(checkpoints).reverse())
    try {
      return readCheckpoint(folder)
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      onDamaged(error.message)
    }
  throw new DataError(`${checkpoints}: no sound checkpoint to resume from.`, { checkpoints })
}

/** Removes checkpoints of later steps: after a way back they are of a run that is no more. */
export function dropLaterCheckpoints(checkpoints: string, step: number): void {
  const last = checkpointFolder(checkpoints, step)
  for (const folder of listCheckpoints(checkpoints))
    if (folder > last) rmSync(folder, { recursive: true, force: true })
}

/** Removes all but the newest `keep` checkpoints and the folders named in `spare`. */
export function pruneCheckpoints(
  checkpoints: string,
  keep: number,
  spare: readonly string[] = [],
): void {
  const spared = new Set(spare.map(folder => basename(folder)))
  for (const folder of listCheckpoints(checkpoints).slice(0, -keep || undefined))
    if (!spared.has(basename(folder))) rmSync(folder, { recursive: true, force: true })
}
