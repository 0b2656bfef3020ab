import { sizeOf, TemperError } from '../../base/index.js'
import { type Decoding, decode, decodedShape } from '../codecs/decode.js'
import { readSample } from './folder.js'

/** Some files of one folder, all decoded the same way; plain data, so that it can cross to a worker. */
export interface DecodeJob {
  root: string
  files: readonly string[]
  decoding: Decoding
}

/** Why samples could not be read, by place; empty places are samples. */
export type Failures = (string | undefined)[]

/** Files that are read and decoded at once. */
const AT_ONCE = 8

/** Decodes all files into `out`, one after another; an unreadable one leaves zeros and a sentence. */
export async function decodeFiles(job: DecodeJob, out: Float32Array): Promise<Failures> {
  const { root, files, decoding } = job
  const size = sizeOf(decodedShape(decoding))
  const failures: Failures = new Array(files.length).fill(undefined)
  let next = 0
  const work = async () => {
    for (let n = next++; n < files.length; n = next++) {
      const place = out.subarray(n * size, (n + 1) * size)
      try {
        await decode(await readSample(root, files[n]), decoding, place, files[n])
      } catch (error) {
        if (!(error instanceof TemperError)) throw error
        place.fill(0)
        failures[n] = error.message
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, files.length) }, work))
  return failures
}
