/** Ready-made corrupted samples, as ImageNet-C and its kin come: `corruption/severity/class/*`. */
import { type Dirent, readdirSync } from 'node:fs'
import { basename, join, parse } from 'node:path'
import { DataError, UsageError } from '../../base/index.js'
import { type Dataset, openData, subset } from '../../data/index.js'
import type { Condition, Suite } from './suite.js'

/**
 * The folders as a suite. Each sample of the data must stand in each of them under the same path
 * (its ending aside), so that clean and corrupted answers are of the same sample.
 * Throws UsageError for a folder laid out otherwise, DataError for a sample without its counterpart.
 */
export async function openCorruptedFolder(path: string, data: Dataset): Promise<Suite> {
  const conditions: Condition[] = []
  for (const kind of foldersIn(path))
    for (const severity of foldersIn(join(path, kind)).filter(name => /^\d+$/.test(name)))
      conditions.push(await conditionOf(path, kind, Number(severity), data))
  if (!conditions.length)
    throw new UsageError(
      `--suite ${path}: expected folders corruption/severity/class, such as fog/3/cat, and found none.`,
    )
  return { name: basename(path), preset: 'ready-made', tldr: '', conditions }
}

const foldersIn = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry: Dirent) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))

async function conditionOf(
  path: string,
  kind: string,
  severity: number,
  data: Dataset,
): Promise<Condition> {
  const { shape, classes, kind: sampleKind, sampleRate } = data
  const physical =
    sampleKind === 'image'
      ? { size: [shape[1], shape[2]] as const, channels: shape[0] }
      : { sampleRate, seconds: shape[1] / sampleRate!, channels: shape[0] }
  const folder = join(path, kind, String(severity))
  const opened = await openData(folder, { ...physical, classes, format: 'class-folders' })
  return {
    at: 'input',
    kind,
    severity,
    level: {},
    clip: 'physical',
    draws: 1,
    samples: counterparts(opened, data, folder),
  }
}

/** The corrupted samples in the order of the clean ones. */
function counterparts(corrupted: Dataset, clean: Dataset, folder: string): Dataset {
  const nameOf = (identity: string) => {
    const { dir, name } = parse(identity)
    return join(dir, name)
  }
  const places = new Map<string, number>()
  for (let i = 0; i < corrupted.length; i++) places.set(nameOf(corrupted.identity(i)), i)
  const indices = new Uint32Array(clean.length)
  for (let i = 0; i < clean.length; i++) {
    const at = places.get(nameOf(clean.identity(i)))
    if (at === undefined)
      throw new DataError(
        `--suite ${folder}: it has no counterpart of ${clean.identity(i)}. Corrupted samples stand under the same path as the clean ones.`,
      )
    indices[i] = at
  }
  return subset(corrupted, indices)
}
