// Writes the generator's words to standard output until the reader closes it:
// `node proofs/generator-feed.mjs one|many STREAM`. One: stream after stream, each 2^32 words long.
// Many: the first 784 words of each stream from STREAM * 2^24 on, as noise on images of 28 x 28 draws them.
import { writeSync } from 'node:fs'
import { openKernels } from '../dist/kernels/index.js'

const [how, stream] = process.argv.slice(2)
const kernels = openKernels({ bytes: 8 * 1024 ** 2 })
const length = how === 'many' ? 784 * 512 : 2 ** 20
const floats = kernels.alloc(length)
const words = new Uint32Array(floats.buffer, floats.byteOffset, length)
const bytes = new Uint8Array(floats.buffer, floats.byteOffset, length * 4)

function* parts() {
  if (how === 'many')
    for (let n = Number(stream) * 2 ** 24; ; n += 512) {
      for (let k = 0; k < 512; k++)
        kernels.words(words.subarray(k * 784, (k + 1) * 784), { seed: [7, 0], stream: [n + k, 1] })
      yield
    }
  for (let n = 0; ; n++)
    for (let first = 0; first < 2 ** 32; first += length) {
      kernels.words(words, { seed: [7, 0], stream: [Number(stream), n] }, first)
      yield
    }
}

for (const _ of parts())
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeSync(1, bytes, from)
    } catch (error) {
      if (error.code === 'EPIPE') process.exit(0)
      if (error.code !== 'EAGAIN') throw error
    }
  }
