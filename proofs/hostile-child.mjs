// The inside of the process that opens hostile files for proofs/hostile-files.mjs: one file a message.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DataError, keyOf, Random, sizeOf } from '../dist/base/index.js'
import { openData } from '../dist/data/index.js'
import { describe, numbers, unpack } from '../dist/data/parquet/read.js'
import { bombs } from './hostile-bombs.mjs'
import { formats } from './hostile-formats.mjs'

const [, , folder] = process.argv

process.on('message', async ({ format, n }) => {
  const before = process.cpuUsage()
  const answer = await (format === 'bombs' ? openBomb(n) : openMutation(format, n))
  const { user, system } = process.cpuUsage(before)
  const peakMb = peakOfMemory()
  process.send({ n, ...answer, seconds: (user + system) / 1e6, peakMb })
})

/** Of this process alone: `maxRSS` would begin with that of the one that forked it. */
function peakOfMemory() {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))
  return kilobytes / 1024
}

async function openMutation(format, n) {
  const { seeds, name, inFolder, options } = formats[format]
  const seed = readFileSync(join('test/golden/data', seeds[n % seeds.length]))
  const path = place(name ?? basename(seeds[n % seeds.length]))
  writeFileSync(path, mutate(seed, new Random(keyOf(0, format, n))))
  return outcome(
    format === 'parquet'
      ? () => readParquet(path)
      : () => readAll(inFolder ? folder : path, options),
  )
}

/** The file is there already: making it may take more than reading it. */
async function openBomb(n) {
  const { file, options } = bombs[n]
  const path = join(folder, file)
  const place = file.startsWith('d/') ? join(folder, 'd') : file.includes('/') ? folder : path
  return outcome(() => readAll(place, options))
}

/** A fresh place for one file; nothing else is in its folder. */
function place(file) {
  rmSync(folder, { recursive: true, force: true })
  const path = join(folder, file)
  mkdirSync(dirname(path), { recursive: true })
  return path
}

/** Bytes changed (half of them in the first 128), runs cut out, doubled or zeroed, the end cut or added to. */
function mutate(seed, random) {
  let bytes = Buffer.from(seed)
  const kind = random.below(8)
  if (kind === 0) bytes = bytes.subarray(0, random.below(bytes.length + 1))
  const at = random.below(bytes.length + 1)
  const run = random.below(64)
  if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + run)])
  if (kind === 2)
    bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - run))])
  if (kind === 3) bytes.fill(random.below(2) * 255, at, Math.min(bytes.length, at + run))
  if (kind === 4) bytes = Buffer.concat([bytes, Buffer.from(noise(random, run))])
  for (let flips = random.below(12) + (kind > 4 ? 1 : 0); flips > 0 && bytes.length; flips--) {
    const span = flips % 2 ? bytes.length : Math.min(128, bytes.length)
    const place = random.below(span)
    bytes[place] = flips % 3 ? random.below(256) : bytes[place] ^ (1 << random.below(8))
  }
  return bytes
}

const noise = (random, length) => Array.from({ length }, () => random.below(256))

async function readAll(path, options = {}) {
  const data = await openData(path, { seconds: 0.05, keepMb: 0, ...options })
  const out = new Float32Array(sizeOf(data.shape))
  for (let index = 0; index < Math.min(3, data.length); index++) {
    await data.read(index, out)
    if (!out.every(Number.isFinite)) throw new Error('a sample that is not finite')
  }
}

/** What the reader's own child does; its caller ends it after 4 seconds of silence. */
async function readParquet(path) {
  const { media, numbers: columns, groups } = await describe({ files: [path] })
  const rowEnd = groups[0][0] ?? 0
  if (media !== undefined)
    await unpack({ file: path, column: media, rowStart: 0, rowEnd, folder: join(folder, 'cells') })
  else await numbers({ files: [path], columns })
}

/** A DataError with a sentence is a fine answer; anything else that is thrown is not. */
async function outcome(read) {
  try {
    await read()
    return { kind: 'read' }
  } catch (error) {
    const { message } = error
    const isSentence =
      error instanceof DataError &&
      /^.{10,900}[.?]$/s.test(message) &&
      !/undefined|\[object|NaN\b.*expected/.test(message)
    return isSentence ? { kind: 'refused' } : { kind: 'fault', message: String(error.stack) }
  }
}

process.send('ready')
