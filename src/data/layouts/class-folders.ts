import { extname, join } from 'node:path'
import { DataError, expected } from '../../base/index.js'
import type { Dataset } from '../dataset.js'
import type { DataOptions } from '../options.js'
import { filesDataset } from '../sources/files.js'
import { listFolder, walk } from '../sources/folder.js'
import { classIndex } from './class-index.js'
import { decodingOf, mediaExtensions, mediaOf } from './media.js'
import { type Format, lookAt, type Place } from './place.js'
import { chooseSplit, splitMeaning } from './splits.js'

/** One sub-folder a class, under split folders or not: torchvision's ImageFolder and its kin. */
export const classFolders: Format = {
  name: 'class-folders',
  describe:
    'folder with one sub-folder a class of images or WAV or FLAC files, under train/val/test or not',
  matches: async ({ path, listing }) => {
    for (const folder of listing?.folders ?? []) if (await holdsMedia(path, folder)) return true
    return false
  },
  open: async (place, options) => {
    const { folders } = place.listing!
    const splits = folders.filter(name => splitMeaning(name) !== undefined)
    // a class may happen to be called "test": splits stand alone, or are a train and another
    const isTrain = (name: string) => splitMeaning(name) === 'train'
    await refuseSeverityFolders(place)
    const hasSplits =
      splits.length > 0 &&
      (splits.length === folders.length || (splits.some(isTrain) && !splits.every(isTrain)))
    const split = chooseSplit(place.name, hasSplits ? splits : [], options)
    const names = hasSplits ? await unionOfFolders(place, splits) : place.listing!.folders
    if (!names.length) return openFlatSplit(place, split!, splits, options)
    return openClasses(
      place,
      { base: split ?? '', names, split, splits: hasSplits ? splits : undefined },
      options,
    )
  },
}

const isMedia = (file: string) => mediaExtensions.has(extname(file).toLowerCase())

/** Whether a folder holds an image or recording, itself or one or two folders down. */
async function holdsMedia(root: string, folder: string, depth = 2): Promise<boolean> {
  const { files, folders } = await listFolder(root, join(root, folder))
  if (files.some(isMedia)) return true
  for (const inner of depth ? folders : [])
    if (await holdsMedia(root, join(folder, inner), depth - 1)) return true
  return false
}

/** Ready-made corrupted sets stand as corruption/severity/class (ImageNet-C): one of them is a data set. */
async function refuseSeverityFolders({ path, name, listing }: Place): Promise<void> {
  const inner = (await listFolder(path, join(path, listing!.folders[0]))).folders
  const isCorruption = inner.length > 1 && inner.every(folder => /^[1-5]$/.test(folder))
  if (
    isCorruption &&
    (await listFolder(path, join(path, listing!.folders[0], inner[0]))).folders.length
  )
    throw new DataError(
      `${name}: this looks like corruption/severity/class folders (ImageNet-C). Point at one severity, ` +
        `for instance ${name}/${listing!.folders[0]}/${inner.at(-1)}, or give the whole to temper eval as --suite.`,
    )
}

interface Classes {
  /** The folder of the class folders, relative to the place. */
  base: string
  names: readonly string[]
  split?: string
  splits?: readonly string[]
}

/** Class names of all splits together, so that a label means the same in each. */
async function unionOfFolders(place: Place, splits: readonly string[]): Promise<string[]> {
  const names = new Set<string>()
  for (const split of splits)
    for (const name of (await listFolder(place.path, join(place.path, split))).folders)
      names.add(name)
  return [...names].sort()
}

async function openClasses(
  place: Place,
  { base, names, split, splits }: Classes,
  options: DataOptions,
): Promise<Dataset> {
  const name = split ? `${place.name}:${split}` : place.name
  const there = new Set((await listFolder(place.path, join(place.path, base))).folders)
  const classes = options.classes ?? names
  const index = classIndex(classes, name)
  const found: { files: string[]; label: number }[] = []
  for (const className of names.filter(folder => there.has(folder)))
    found.push({
      files: await walk(place.path, base ? `${base}/${className}` : className, mediaExtensions),
      label: index(className),
    })
  const media = mediaOf(
    place,
    found.flatMap(({ files }) => files.slice(0, 100)),
  )
  const ofMedia = found.map(({ files, label }) => ({ files: files.filter(media.has), label }))
  const files = ofMedia.flatMap(group => group.files)
  const labels = Int32Array.from(ofMedia.flatMap(group => group.files.map(() => group.label)))
  const empty = names.filter(
    name => !ofMedia.some(g => g.files.length && classes[g.label] === name),
  )
  const decoding = await decodingOf(media, place.path, files, options)
  return filesDataset({
    name,
    format: 'class-folders',
    detected:
      `${name}: ${files.length} ${media.plural} in ${classes.length} class folders` +
      `${empty.length ? ` (empty: ${empty.join(', ')})` : ''}${media.describe(decoding)}.`,
    root: place.path,
    files,
    decoding,
    labels,
    classes,
    split,
    splits,
  })
}

async function openFlatSplit(
  place: Place,
  split: string,
  splits: readonly string[],
  options: DataOptions,
): Promise<Dataset> {
  const inner = await lookAt(join(place.path, split))
  if (!inner?.listing?.files.length)
    throw new DataError(
      expected(place.name, 'class folders or sample files in the split folders', 'none'),
    )
  return {
    ...(await flatFiles.open(inner, options)),
    name: `${place.name}:${split}`,
    split,
    splits,
  }
}

/** Spoken digits' names, `{class}_{speaker}_{number}.wav` (Free Spoken Digit Dataset). */
const spokenName = /^([^_/]+)_([^_/]+)_(\d+)\.(?:wav|flac)$/i

/** Sample files side by side: without labels, unless all are named as spoken digits are. */
export const flatFiles: Format = {
  name: 'files',
  describe:
    'folder of images or WAV or FLAC files, without labels unless named {class}_{speaker}_{number}.wav',
  matches: ({ listing }) => listing?.files.some(isMedia) ?? false,
  open: async (place, options) => {
    const there = place.listing!.files
    const media = mediaOf(place, there)
    const files = there.filter(media.has)
    const decoding = await decodingOf(media, place.path, files, options)
    const spoken = spokenClasses(files)
    const classes = options.classes ?? spoken
    const index = classes && classIndex(classes, place.name)
    return filesDataset({
      name: place.name,
      format: 'files',
      detected:
        `${place.name}: ${files.length} ${media.plural}` +
        (spoken
          ? ` named {class}_{speaker}_{number}, ${spoken.length} classes by the text before the first underscore`
          : ', without labels') +
        `${media.describe(decoding)}.`,
      root: place.path,
      files,
      decoding,
      labels: spoken && index && Int32Array.from(files, file => index(spokenName.exec(file)![1])),
      classes: spoken && classes,
      groups: spoken && files.map(file => spokenName.exec(file)![2]),
    })
  },
}

/** Their classes, when every file has such a name and every class has several files. */
function spokenClasses(files: readonly string[]): string[] | undefined {
  const counts = new Map<string, number>()
  for (const file of files) {
    const match = spokenName.exec(file)
    if (!match) return undefined
    counts.set(match[1], (counts.get(match[1]) ?? 0) + 1)
  }
  return counts.size > 1 && Math.min(...counts.values()) > 1 ? [...counts.keys()].sort() : undefined
}
