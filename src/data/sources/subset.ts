import { createHash } from 'node:crypto'
import type { Dataset } from '../dataset.js'

/** The samples at these indices, in this order; ids and identities stay what they were. */
export function subset(dataset: Dataset, indices: Uint32Array): Dataset {
  const { labels, targets, group, readMany } = dataset
  return {
    ...dataset,
    length: indices.length,
    labels: labels && Int32Array.from(indices, index => labels[index]),
    targets: targets && Float32Array.from(indices, index => targets[index]),
    blocks: undefined,
    hashed: `${dataset.hashed}, and which samples were taken`,
    id: index => dataset.id(indices[index]),
    identity: index => dataset.identity(indices[index]),
    group: group && (index => group.call(dataset, indices[index])),
    read: (index, out) => dataset.read(indices[index], out),
    readMany:
      readMany &&
      ((places, out) =>
        readMany(
          Uint32Array.from(places, n => indices[n]),
          out,
        )),
    sha256: async () => {
      const chosen = new Uint8Array(indices.buffer, indices.byteOffset, indices.byteLength)
      return createHash('sha256')
        .update(await dataset.sha256())
        .update(chosen)
        .digest('hex')
    },
  }
}
