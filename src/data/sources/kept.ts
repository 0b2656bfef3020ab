import { totalmem } from 'node:os'
import { sizeOf } from '../../base/index.js'
import { sharedKernels } from '../../kernels/index.js'
import type { Dataset } from '../dataset.js'

/** Samples in one piece of memory. */
const PAGE_SAMPLES = 256

/** At most an eighth of the machine's memory, and 1 GiB. */
export const defaultKeptBytes = Math.min(2 ** 30, totalmem() / 8)

/**
 * A data set that keeps what it has decoded, up to `mostBytes`: images as bytes (that is what they
 * were decoded from, so nothing is lost), recordings as floats. What came first stays: every epoch
 * reads every sample once, so no other choice would be right more often.
 */
export function keepDecoded(dataset: Dataset, mostBytes = defaultKeptBytes): Dataset {
  const size = sizeOf(dataset.shape)
  const store =
    dataset.kind === 'image' ? new Kept(size, Uint8Array, 255) : new Kept(size, Float32Array, 1)
  const room = Math.floor(mostBytes / store.sampleBytes)
  const slots = new Map<number, number>()
  const keep = (index: number, sample: Float32Array) => {
    if (slots.size >= room || slots.has(index)) return
    store.write(slots.size, sample)
    slots.set(index, slots.size)
  }
  const readMany = async (indices: Uint32Array, out: Float32Array) => {
    const sample = (n: number) => out.subarray(n * size, (n + 1) * size)
    const missing = [...indices.keys()].filter(n => !slots.has(indices[n]))
    indices.forEach((index, n) => {
      const slot = slots.get(index)
      if (slot !== undefined) store.read(slot, sample(n))
    })
    if (!missing.length) return []
    const fresh = new Float32Array(missing.length * size)
    const failures = await dataset.readMany!(
      Uint32Array.from(missing, n => indices[n]),
      fresh,
    )
    missing.forEach((n, m) => {
      const decoded = fresh.subarray(m * size, (m + 1) * size)
      sample(n).set(decoded)
      if (failures[m] === undefined) keep(indices[n], decoded)
    })
    const places = new Map(missing.map((n, m) => [n, failures[m]]))
    return Array.from(indices, (_, n) => places.get(n))
  }
  return { ...dataset, readMany }
}

class Kept<A extends Uint8Array | Float32Array> {
  private readonly pages: A[] = []
  readonly sampleBytes: number

  constructor(
    private readonly size: number,
    private readonly Page: { new (length: number): A; BYTES_PER_ELEMENT: number },
    private readonly scale: number,
  ) {
    this.sampleBytes = size * Page.BYTES_PER_ELEMENT
  }

  write(slot: number, sample: Float32Array): void {
    const place = this.place(slot)
    if (this.scale === 1) place.set(sample)
    else for (let i = 0; i < this.size; i++) place[i] = Math.round(sample[i] * this.scale)
  }

  read(slot: number, out: Float32Array): void {
    const place = this.place(slot)
    if (this.scale === 1) out.set(place)
    else sharedKernels().unitOfBytes(place as Uint8Array, out)
  }

  private place(slot: number): A {
    const page = Math.floor(slot / PAGE_SAMPLES)
    this.pages[page] ??= new this.Page(PAGE_SAMPLES * this.size)
    const at = (slot % PAGE_SAMPLES) * this.size
    return this.pages[page].subarray(at, at + this.size) as A
  }
}
