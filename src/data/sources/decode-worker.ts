/** A worker thread that decodes files; `DecodePool` is its only caller. */
import { parentPort } from 'node:worker_threads'
import { sizeOf } from '../../base/index.js'
import { decodedShape } from '../codecs/decode.js'
import { type DecodeJob, decodeFiles } from './decode-files.js'

parentPort!.on('message', async ({ id, job }: { id: number; job: DecodeJob }) => {
  const out = new Float32Array(job.files.length * sizeOf(decodedShape(job.decoding)))
  const failures = await decodeFiles(job, out)
  parentPort!.postMessage({ id, out, failures }, [out.buffer])
})
