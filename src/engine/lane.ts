/** A worker thread that answers rows with a session of its own; `Lanes` is its only caller. */
import { parentPort, workerData } from 'node:worker_threads'
import { answerRows, type RowModel } from './rows.js'
import { createSession } from './session.js'

export interface LaneData {
  readonly model: RowModel
  readonly threads: number
}

/** Rows to answer, their buffer handed over. */
export interface LaneAsk {
  readonly id: number
  readonly samples: ArrayBuffer
  readonly floats: number
  readonly rows: number
}

/** The answer, or what went wrong; the samples' buffer is handed back. */
export interface LaneTold {
  readonly id: number
  readonly samples: ArrayBuffer
  readonly answers?: ArrayBuffer
  readonly failed?: { readonly name: string; readonly message: string }
}

/** Sent once. */
export interface LaneReady {
  readonly ready: true
}

const port = parentPort!
const { model, threads } = workerData as LaneData
const session = await createSession(model.bytes, { threads })

async function answer({ id, samples, floats, rows }: LaneAsk): Promise<void> {
  try {
    const values = new Float32Array(samples, 0, floats)
    const { buffer } = await answerRows(session, model, values, rows)
    const answers = buffer as ArrayBuffer
    port.postMessage({ id, samples, answers } satisfies LaneTold, [samples, answers])
  } catch (error) {
    const { name, message } = error as Error
    port.postMessage({ id, samples, failed: { name, message } } satisfies LaneTold, [samples])
  }
}

port.on('message', async (message: LaneAsk | 'close') => {
  if (message !== 'close') return answer(message)
  await session.close()
  port.close()
})
port.postMessage({ ready: true } satisfies LaneReady)
