/** Which noisy batches are kept on disk, and which are there already. */
import { createHash } from 'node:crypto'
import { sizeOf, systemClock } from '../../base/index.js'
import { temperVersion } from '../../record/index.js'
import type { Condition } from '../suites/suite.js'
import { KeepingSamples, KeptSamples, keptPath, makeRoom, touch } from './kept.js'
import { type NoiseJob, sampleNoise } from './noise-batch.js'
import type { NoisyOptions } from './noisy-batches.js'

/** Fewer samples are made sooner than files are opened. */
const fewest = 1000

/** A condition's samples on disk: there, or being written. */
export interface Kept {
  readonly isThere: boolean
  read(from: number, rows: number, out: Float32Array): void
  add(values: Float32Array): void
  close(): void
}

interface Keepable {
  readonly condition: Condition
  readonly job: NoiseJob
}

/** The same tasks, those of images with what is kept of them. */
export async function keeping<Task extends Keepable>(
  tasks: readonly Task[],
  { data, batch }: NoisyOptions,
): Promise<(Task & { kept?: Kept })[]> {
  const size = sizeOf(data.shape)
  const bytes = data.length * size
  if (data.kind !== 'image' || data.length < fewest) return [...tasks]
  const sha256 = await data.sha256()
  const first = new Float32Array(size)
  await data.read(0, first)
  const opened = tasks.map(task => {
    if (task.condition.samples) return { task }
    const path = keptPath({
      ...factsOf(task.job),
      sha256,
      made: madeOf(task.job, first, data.id(0)),
    })
    const there = KeptSamples.open(path, data.length, size, batch)
    if (there) touch(path, systemClock)
    return { task, path, there }
  })
  const missing = opened.filter(({ path, there }) => path && !there).length
  const hasRoom = missing > 0 && makeRoom(missing * bytes)
  const writing = new Set<string>()
  return opened.map(({ task, path, there }) => {
    if (!path || (!there && (!hasRoom || writing.has(path)))) return task
    if (!there) writing.add(path)
    return {
      ...task,
      kept: keptOf(there, there ? undefined : new KeepingSamples(path, bytes, batch * size)),
    }
  })
}

function keptOf(there: KeptSamples | undefined, writing: KeepingSamples | undefined): Kept {
  return {
    isThere: there !== undefined,
    read: (from, rows, out) => there!.read(from, rows, out),
    add: values => writing?.add(values),
    close() {
      there?.close()
      writing?.close()
    },
  }
}

const factsOf = ({ sources, deviations, ...plain }: NoiseJob) => ({ ...plain, temperVersion })

/** What the noise makes of one sample: another implementation gives another file. */
function madeOf(job: NoiseJob, sample: Float32Array, id: number): string {
  const out = new Float32Array(sample.length)
  sampleNoise(job, () => {})(sample, out, id)
  return createHash('sha256').update(new Uint8Array(out.buffer)).digest('hex')
}
