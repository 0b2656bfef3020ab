import { setMaxListeners } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { contentHash, writeFileAtomic } from '../../record/index.js'
import { checkKey, type DataNeed, type Order, QueueCarrier } from '../queue/index.js'

/** Where other machines are met. */
export interface FarOptions {
  /** `redis://host:port`. */
  readonly redis: string
  /** The study key. */
  readonly key: string
  /** Where workers reach this process; default: this machine alone. */
  readonly depot?: string
  /** Folder of artefacts and of answers that came; an interrupted work goes on from it. */
  readonly folder: string
  readonly onNote?: (text: string) => void
  readonly signal?: AbortSignal
}

export interface Work {
  readonly act: string
  readonly payload: Order['payload']
}

/** Opens the way to other machines for one work. */
export function openCarrier(
  study: string,
  data: readonly DataNeed[],
  { redis, key, depot, folder, onNote }: FarOptions,
): Promise<QueueCarrier> {
  const store = join(folder, 'artefacts')
  const [name, needs] = [study.slice(0, 32), [...data]]
  return QueueCarrier.open({
    ...{ redis, key: checkKey(key), depot, store, onNote },
    study: name,
    data: needs,
  })
}

/**
 * Has many pieces of work done; their results in order. Each result is kept under the hash of its
 * work, so that what came before an interruption is not asked for again.
 */
export async function carryAll(
  works: readonly Work[],
  carrier: QueueCarrier,
  { folder, signal }: FarOptions,
  onDone?: (done: number, of: number) => void,
): Promise<unknown[]> {
  const answers = join(folder, 'answers')
  mkdirSync(answers, { recursive: true })
  if (signal) setMaxListeners(works.length + 20, signal)
  let done = 0
  const one = async ({ act, payload }: Work) => {
    const id = contentHash({ act, payload })
    const kept = join(answers, `${id}.json`)
    if (!existsSync(kept)) {
      const result = await carrier.run({ id, act, payload }, { signal })
      writeFileAtomic(kept, JSON.stringify(result))
    }
    onDone?.(++done, works.length)
    return JSON.parse(readFileSync(kept, 'utf8'))
  }
  return Promise.all(works.map(one))
}

/** Throws away what was kept for going on. */
export const forget = ({ folder }: FarOptions): void =>
  rmSync(folder, { recursive: true, force: true })
