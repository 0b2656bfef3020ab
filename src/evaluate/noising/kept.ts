/** Corrupted samples kept on disk as bytes, for noises whose values are whole 255ths. */
import { createHash } from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../base/index.js'
import { cacheFolder } from '../../data/index.js'
import { sharedKernels } from '../../kernels/index.js'
import { contentHash } from '../../record/index.js'

/** All kept samples together, unless `TEMPER_CACHE_MB` says otherwise. */
const usualMegabytes = 2048

export function cacheLimit(): number {
  const said = Number(process.env.TEMPER_CACHE_MB)
  const megabytes = process.env.TEMPER_CACHE_MB && said >= 0 ? said : usualMegabytes
  return megabytes * 2 ** 20
}

const folder = () => join(cacheFolder(), 'corrupted')

/** The file of what `facts` describes; everything the bytes follow from must be in them. */
export const keptPath = (facts: unknown) => join(folder(), `${contentHash(facts)}.u8`)

const digestBytes = 32

/** A whole condition's samples `[samples, size]`, read batch by batch. */
export class KeptSamples {
  private readonly bytes: Uint8Array

  private constructor(
    private readonly file: number,
    private readonly size: number,
    rows: number,
  ) {
    this.bytes = new Uint8Array(rows * size)
  }

  /** Undefined where there is no such file, or it is damaged. `rows` is the longest read. */
  static open(path: string, samples: number, size: number, rows: number): KeptSamples | undefined {
    const length = samples * size
    if (statSync(path, { throwIfNoEntry: false })?.size !== length + digestBytes) return undefined
    const file = openSync(path, 'r')
    const kept = new KeptSamples(file, size, rows)
    if (kept.isWhole(length)) return kept
    closeSync(file)
    return undefined
  }

  private isWhole(length: number): boolean {
    const hash = createHash('sha256')
    for (let at = 0; at < length; at += this.bytes.length) {
      const part = this.bytes.subarray(0, Math.min(this.bytes.length, length - at))
      readSync(this.file, part, 0, part.length, at)
      hash.update(part)
    }
    const digest = Buffer.alloc(digestBytes)
    readSync(this.file, digest, 0, digestBytes, length)
    return hash.digest().equals(digest)
  }

  read(from: number, rows: number, out: Float32Array): void {
    const bytes = this.bytes.subarray(0, rows * this.size)
    readSync(this.file, bytes, 0, bytes.length, from * this.size)
    sharedKernels().unitOfBytes(bytes, out)
  }

  close(): void {
    closeSync(this.file)
  }
}

/** byte / 255, rounded once to float32. */
const unitOfByte = Float32Array.from({ length: 256 }, (_, byte) => byte / 255)

/** Writes a condition's samples as they come; nothing is kept of a condition that is not whole. */
export class KeepingSamples {
  private file: number | undefined
  private readonly bytes: Uint8Array
  private readonly hash = createHash('sha256')
  private written = 0
  private fits = true

  /** `length` bytes are the whole; `longest` is the longest batch. */
  constructor(
    private readonly path: string,
    private readonly length: number,
    longest: number,
  ) {
    this.bytes = new Uint8Array(longest)
  }

  private get part(): string {
    return `${this.path}.${process.pid}.part`
  }

  /** The next rows; values that are no whole 255ths, or a full disk, end the keeping. */
  add(values: Float32Array): void {
    this.fits &&= toBytes(values, this.bytes)
    if (!this.fits) return
    const bytes = this.bytes.subarray(0, values.length)
    try {
      this.file ??= openSync(this.part, 'w', 0o600)
      this.written += writeSync(this.file, bytes)
      this.hash.update(bytes)
    } catch {
      this.fits = false
    }
  }

  /** Keeps what is whole, where the disk lets it. */
  close(): void {
    if (this.file === undefined) return
    const isWhole = this.fits && this.written === this.length
    try {
      if (isWhole) writeSync(this.file, this.hash.digest())
      if (isWhole) renameSync(this.part, this.path)
    } catch {
      // a full disk, or another process that took the folder away: it is made anew the next time
    }
    closeSync(this.file)
    rmSync(this.part, { force: true })
  }
}

/** Whether all values are whole 255ths, which then stand in `bytes`. */
function toBytes(values: Float32Array, bytes: Uint8Array): boolean {
  const table = unitOfByte
  for (let i = 0; i < values.length; i++) {
    const byte = Math.round(values[i] * 255)
    if (table[byte] !== values[i]) return false
    bytes[i] = byte
  }
  return true
}

/**
 * Deletes the files longest unused until so many bytes fit under the limit; whether they do, and the
 * folder can be written.
 */
export function makeRoom(bytes: number): boolean {
  const limit = cacheLimit()
  if (bytes > limit) return false
  try {
    mkdirSync(folder(), { recursive: true, mode: 0o700 })
  } catch {
    return false
  }
  const files = readdirSync(folder())
    .map(name => join(folder(), name))
    .flatMap(path => {
      const found = statSync(path, { throwIfNoEntry: false })
      return found ? [{ path, size: found.size, used: found.mtimeMs }] : []
    })
    .sort((a, b) => a.used - b.used)
  let total = files.reduce((sum, { size }) => sum + size, bytes)
  for (const { path, size } of files) {
    if (total <= limit) break
    rmSync(path, { force: true })
    total -= size
  }
  return true
}

/** Marks a file as used now. */
export function touch(path: string, clock: Clock): void {
  const now = clock.now() / 1000
  try {
    utimesSync(path, now, now)
  } catch {
    // another process made room
  }
}
