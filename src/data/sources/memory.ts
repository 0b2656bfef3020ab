import { createHash } from 'node:crypto'
import { InternalError, sizeOf } from '../../base/index.js'
import { sharedKernels } from '../../kernels/index.js'
import type { Dataset, SampleKind } from '../dataset.js'

export interface MemorySource {
  name: string
  format: string
  detected: string
  kind: SampleKind
  shape: readonly number[]
  /** All samples, row-major; bytes are divided by 255, floats taken as they are. */
  values: Uint8Array | Float32Array
  labels?: Int32Array
  targets?: Float32Array
  classes?: readonly string[]
  /** The group of each sample. */
  groups?: readonly string[]
  sampleRate?: number
  split?: string
  splits?: readonly string[]
}

/** A data set held in memory, bytes kept as bytes. */
export function memoryDataset(source: MemorySource): Dataset {
  const { values, shape, labels, targets, groups, ...rest } = source
  const size = sizeOf(shape)
  const length = values.length / size
  if (!Number.isInteger(length)) throw new InternalError(`${values.length} values for [${shape}]`)
  const bytes = values instanceof Uint8Array
  let sha256: Promise<string> | undefined
  return {
    ...rest,
    shape,
    length,
    labels,
    targets,
    immediate: true,
    hashed: 'shape, values and labels',
    id: index => index,
    identity: String,
    group: groups && (index => groups[index]),
    read: (index, out) => {
      const sample = values.subarray(index * size, (index + 1) * size)
      if (sample instanceof Uint8Array) sharedKernels().unitOfBytes(sample, out)
      else out.set(sample)
    },
    sha256: () => {
      sha256 ??= hashArrays(`${bytes ? 'uint8' : 'float32'} [${shape}]`, values, labels, targets)
      return sha256
    },
  }
}

async function hashArrays(
  head: string,
  ...arrays: (ArrayBufferView | undefined)[]
): Promise<string> {
  const hash = createHash('sha256').update(head)
  for (const array of arrays)
    if (array) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  return hash.digest('hex')
}
