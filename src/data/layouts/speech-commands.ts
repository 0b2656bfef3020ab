import { basename, dirname } from 'node:path'
import { DataError } from '../../base/index.js'
import { audioExtensions } from '../codecs/sound-formats.js'
import type { Dataset } from '../dataset.js'
import type { DataOptions } from '../options.js'
import { filesDataset } from '../sources/files.js'
import { readSample, walk } from '../sources/folder.js'
import { classIndex } from './class-index.js'
import { decodingOf, mediaOf } from './media.js'
import type { Format, Place } from './place.js'
import { chooseSplit } from './splits.js'

/** Recordings of noise that are no class. */
export const noiseFolder = '_background_noise_'
const lists: Record<string, string> = {
  validation: 'validation_list.txt',
  test: 'testing_list.txt',
}

/**
 * Speech Commands (Warden 2018): a folder a word, lists of the files that are for validation and
 * testing, long background noises that are no class, speakers in the names before `_nohash_`.
 * Recordings are read as 1 second at 16 kHz unless other lengths are given.
 */
export const speechCommands: Format = {
  name: 'speech-commands',
  describe:
    'Speech Commands: a folder a word, testing_list.txt, validation_list.txt, _background_noise_',
  matches: ({ listing }) =>
    (listing?.folders.includes(noiseFolder) ||
      Object.values(lists).every(list => listing?.files.includes(list))) ??
    false,
  open: openSpeechCommands,
}

async function openSpeechCommands(place: Place, options: DataOptions): Promise<Dataset> {
  const { path, name, listing } = place
  const listed = new Map<string, Set<string>>()
  for (const [split, list] of Object.entries(lists))
    if (listing!.files.includes(list)) listed.set(split, await readList(path, list))
  const splits = listed.size ? ['train', ...listed.keys()] : []
  const split = chooseSplit(name, splits, options)
  const words = listing!.folders.filter(folder => !folder.startsWith('_'))
  const index = classIndex(options.classes ?? words, name)
  const found = await Promise.all(words.map(word => walk(path, word, audioExtensions)))
  const isChosen = (file: string) =>
    split === undefined ||
    (listed.get(split)?.has(file) ?? ![...listed.values()].some(list => list.has(file)))
  const files = found.flat().filter(isChosen)
  const media = mediaOf(place, files)
  const asked = {
    ...options,
    sampleRate: options.sampleRate ?? 16_000,
    seconds: options.seconds ?? 1,
  }
  const decoding = await decodingOf(media, path, files, asked)
  const noises = listing!.folders.includes(noiseFolder)
    ? await walk(path, noiseFolder, audioExtensions)
    : []
  return {
    ...filesDataset({
      name: split ? `${name}:${split}` : name,
      format: 'speech-commands',
      detected:
        `${name}${split ? `:${split}` : ''}: ${files.length} recordings of ${words.length} words in the layout of ` +
        `Speech Commands, ${noises.length} background noises${media.describe(decoding)}.`,
      root: path,
      files,
      decoding,
      labels: Int32Array.from(files, file => index(basename(dirname(file)))),
      classes: options.classes ?? words,
      groups: files.map(file => basename(file).split('_nohash_')[0]),
      split,
      splits,
    }),
    noises: noises.map(file => `${path}/${file}`),
  }
}

async function readList(root: string, list: string): Promise<Set<string>> {
  const text = Buffer.from(await readSample(root, list)).toString('utf8')
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
  if (!lines.length) throw new DataError(`${list}: the list is empty.`)
  return new Set(lines)
}
