import { expected, InternalError, type Key, UsageError } from '../base/index.js'
import { kernelModule } from './generated.js'
import { poissonTableLength } from './poisson-table.js'
import { type FastRows, fastRows } from './rows.js'
import { chunkLength, noKey, type Runner } from './runner.js'
import { type KernelRow, kernelTable } from './table.js'
import type { BlurredPlane } from './twin/blur.js'

type Exported = (...values: number[]) => number

const pageBytes = 65536
const mostBytes = 4 * 1024 ** 3
/** Room for the tables that kernels read. */
const tableBytes = poissonTableLength * 4
/** The most arrays a kernel takes; each has a slot of one chunk for staging. */
const slots = 4

/** One WebAssembly memory that never grows, so that views of it never detach. */
export interface Arena {
  readonly memory: WebAssembly.Memory
  readonly run: Runner
  alloc(floats: number): Float32Array
  holds(array: Float32Array): boolean
  /** Floats still free. */
  free(): number
  /** Blurs planes one after the other; false where they are too large for this memory. */
  blurPlanes: PlaneBlur
  /** Adds noise to rows at a ratio; undefined where an array is elsewhere. Gives the number of silent rows. */
  addAtRatio: RatioAdd
  /** Passes over rows of arrays in this memory or another; false where they lie elsewhere. */
  rows: FastRows
  /** Bytes as numbers in [0, 1], whole sixteens of them; gives how many. */
  unitOfBytes(bytes: Uint8Array, out: Float32Array): number
}

export type RatioAdd = (
  x: Float32Array,
  noise: Float32Array,
  out: Float32Array,
  length: number,
  ratio: number,
) => number | undefined

export type PlaneBlur = (x: Float32Array, out: Float32Array, plane: BlurredPlane) => boolean

/** Every memory there is, by its buffer: arrays of one may be given to the kernels of another. */
const arenas = new WeakMap<ArrayBufferLike, Arena>()

let compiled: WebAssembly.Module | undefined

function compile(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernelModule), c => c.charCodeAt(0)))
  return compiled
}

function reserve(bytes: number): WebAssembly.Memory {
  if (!(bytes <= mostBytes))
    throw new UsageError(
      expected(
        'memory',
        'at most 4 GiB in one WebAssembly memory (about 140 million parameters with Adam)',
        `${(bytes / 1024 ** 3).toFixed(1)} GiB`,
        'Freeze part of the model, or train a smaller one.',
      ),
    )
  const pages = Math.max(16, Math.ceil(bytes / pageBytes))
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages })
  } catch {
    const size = `${Math.ceil((pages * pageBytes) / 1024 ** 2)} MiB`
    throw new UsageError(
      `memory: the system did not give ${size}. Free some, or use a smaller batch.`,
    )
  }
}

const align = (bytes: number) => Math.ceil(bytes / 64) * 64

/** Loads the kernels into a memory of their own with room for `bytes` of arrays. */
export function openArena(bytes: number): Arena {
  const staging = slots * chunkLength * 4
  const memory = reserve(
    bytes > mostBytes ? bytes : Math.min(bytes + staging + tableBytes + pageBytes, mostBytes),
  )
  const instance = new WebAssembly.Instance(compile(), { env: { memory } })
  const exports = instance.exports as Record<string, Exported>
  const { buffer } = memory
  const stage = align(exports.base())
  // The last line stays unused: an array's end must be an address, and 2^32 is none.
  const end = buffer.byteLength - 64
  let next = align(stage + staging)

  function alloc(floats: number): Float32Array {
    const size = align(floats * 4)
    if (next + size > end)
      throw new InternalError(
        `${floats} floats were asked of a memory with room for ${(end - next) / 4}`,
      )
    const array = new Float32Array(buffer, next, floats)
    next += size
    return array
  }
  const holds = (array: Float32Array) => array.buffer === buffer
  const free = () => (end - next) / 4
  const blurPlanes = planeBlur(exports.blurPlanes, alloc, free, holds)
  const addAtRatio: RatioAdd = (x, noise, out, length, ratio) => {
    if (!holds(x) || !holds(noise) || !holds(out)) {
      return sameArena([x, noise, out])?.addAtRatio(x, noise, out, length, ratio)
    }
    const [from, added, to] = [x, noise, out].map(array => array.byteOffset)
    return exports.addAtRatio(from, added, to, x.length / length, length, stage, ratio)
  }
  const stagedBytes = new Uint8Array(buffer, stage, slots * chunkLength * 4)
  const unitOfBytes = (bytes: Uint8Array, out: Float32Array): number => {
    if (!holds(out)) return arenas.get(out.buffer)?.unitOfBytes(bytes, out) ?? 0
    const whole = bytes.length - (bytes.length % 16)
    for (let from = 0; from < whole; from += stagedBytes.length) {
      const count = Math.min(stagedBytes.length, whole - from)
      stagedBytes.set(count === bytes.length ? bytes : bytes.subarray(from, from + count))
      exports.unitOfBytes(stagedBytes.byteOffset, out.byteOffset + 4 * from, count)
    }
    return whole
  }
  const run = runner(exports, buffer, stage)
  const rows = rowsWhere(fastRows(exports, buffer, stage), holds)
  const arena: Arena = {
    ...{ memory, alloc, holds, free, run },
    ...{ blurPlanes, addAtRatio, rows, unitOfBytes },
  }
  arenas.set(buffer, arena)
  return arena
}

/** The passes of the memory that the arrays lie in. */
function rowsWhere(own: FastRows, holds: Arena['holds']): FastRows {
  const there = (x: Float32Array, out: Float32Array) =>
    holds(x) && holds(out) ? own : sameArena([x, out])?.rows
  return {
    gaussianRows: (x, out, rows, key) => there(x, out)?.gaussianRows(x, out, rows, key) ?? false,
    mixRows: (x, out, rows) => there(x, out)?.mixRows(x, out, rows) ?? false,
  }
}

/** Arrays elsewhere are copied in and out; so is one blurred in place, whose rows are read again. */
function planeBlur(
  kernel: Exported,
  alloc: (floats: number) => Float32Array,
  free: () => number,
  holds: (array: Float32Array) => boolean,
): PlaneBlur {
  let room: Float32Array = new Float32Array(0)
  const grow = (floats: number) => {
    if (room.length >= floats) return true
    if (free() < floats + 16) return false
    room = alloc(floats)
    return true
  }
  return (x, out, { height, width, weights, low = -Infinity, high = Infinity }) => {
    const radius = weights.length - 1
    const copied = !holds(x) || !holds(out) || overlap(x, out)
    const size = copied ? x.length + 16 : 0
    const taps = 2 * size
    const lines = taps + weights.length
    if (!grow(lines + height + 5 * radius + 16 + 9 * (width + 2 * radius + 32))) return false
    room.set(weights, taps)
    if (copied) room.set(x)
    const at = (index: number) => room.byteOffset + index * 4
    const [from, to] = copied ? [at(0), at(size)] : [x.byteOffset, out.byteOffset]
    const planes = x.length / (height * width)
    kernel(from, to, planes, height, width, at(taps), radius, at(lines), low, high)
    if (copied) out.set(room.subarray(size, size + x.length))
    return true
  }
}

const overlap = (a: Float32Array, b: Float32Array) =>
  a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength

/** Runs whole sixteens where the arrays lie, or through the staging slots; the tail always through those. */
function runner(exports: Record<string, Exported>, buffer: ArrayBuffer, stage: number): Runner {
  const slot = Array.from(
    { length: slots },
    (_, i) => new Float32Array(buffer, stage + i * chunkLength * 4, chunkLength),
  )
  const resident = (array: Float32Array) => array.buffer === buffer
  /** What a kernel is called with, filled anew for each call: nothing is made. */
  const values: number[] = []

  return (name, arrays, scalars, key = noKey, first = 0) => {
    const row: KernelRow = kernelTable[name]
    const { length } = arrays[0]
    const other = resident(arrays[0]) ? undefined : arenaOf(row, arrays)
    if (other) return other.run(name, arrays, scalars, key, first)
    if (!ofOneLength(row, arrays))
      throw new InternalError(
        `${name} got arrays of ${arrays.map(a => a.length).join(', ')} floats`,
      )
    const whole = length - (length % 16)
    const step = row.join || !arrays.every(resident) ? chunkLength : whole
    let joined = 0
    for (let from = 0; from < length; ) {
      const count = from < whole ? Math.min(step, whole - from) : length - whole
      const at = { from, count, staged: from === whole }
      const result = call(row, exports[name], arrays, scalars, key, first, at)
      if (row.join) joined = row.join(joined, result)
      from += count
    }
    return joined
  }

  function call(
    row: KernelRow,
    kernel: Exported,
    arrays: readonly Float32Array[],
    scalars: readonly number[],
    key: Key,
    first: number,
    { from, count, staged }: Part,
  ): number {
    values.length = 0
    for (let i = 0; i < arrays.length; i++) {
      const [array, role] = [arrays[i], row.arrays[i]]
      if (role === 'table') values.push(array.byteOffset)
      else if (!staged && resident(array)) values.push(array.byteOffset + from * 4)
      else {
        if (role !== 'out') copyPart(array, from, slot[i], 0, count)
        if (staged) slot[i].fill(0, count, 16)
        values.push(slot[i].byteOffset)
      }
    }
    values.push(Math.ceil(count / 16) * 16)
    for (const scalar of scalars) values.push(scalar)
    if (row.keyed) values.push(key.seed[0], key.seed[1], key.stream[0], key.stream[1], first + from)
    const result = Reflect.apply(kernel, undefined, values)
    for (let i = 0; i < arrays.length; i++) {
      const isOut = row.arrays[i] === 'out' || row.arrays[i] === 'both'
      if (isOut && (staged || !resident(arrays[i]))) copyPart(slot[i], 0, arrays[i], from, count)
    }
    return result
  }
}

/** Some floats of a run; the tail is staged. */
interface Part {
  readonly from: number
  readonly count: number
  readonly staged: boolean
}

function copyPart(
  source: Float32Array,
  at: number,
  target: Float32Array,
  to: number,
  count: number,
): void {
  if (count === source.length) target.set(source, to)
  else target.set(source.subarray(at, at + count), to)
}

/** Another memory that holds all the arrays, where there is one: nothing needs staging there. */
function arenaOf(row: KernelRow, arrays: readonly Float32Array[]): Arena | undefined {
  return row.arrays.includes('table') ? undefined : sameArena(arrays)
}

/** The memory that holds all the arrays, where one does. */
function sameArena(arrays: readonly Float32Array[]): Arena | undefined {
  for (const array of arrays) if (array.buffer !== arrays[0].buffer) return undefined
  return arenas.get(arrays[0].buffer)
}

function ofOneLength(row: KernelRow, arrays: readonly Float32Array[]): boolean {
  for (let i = 1; i < arrays.length; i++)
    if (row.arrays[i] !== 'table' && arrays[i].length !== arrays[0].length) return false
  return true
}
