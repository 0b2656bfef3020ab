/** The far end of the sessions of another thread; `WorkerThread` is its only caller. */
import { parentPort } from 'node:worker_threads'
import { type ErrorFields, InternalError, ModelError, type Tensor } from '../base/index.js'
import type { ValueInfo } from '../onnx/index.js'
import { createSession, type Session } from './session.js'

/** Shared memory by the names of values. */
export type Shared = Readonly<Record<string, Float32Array>>

/** Where a session's values cross. */
export interface Bound {
  readonly inputs: Shared
  readonly outputs: Shared
}

/** What is asked for: a session opened, given its memory, run for some outputs, closed; or all ended. */
export type Ask =
  | { readonly open: Uint8Array }
  | { readonly session: number; readonly bind: Bound }
  | { readonly session: number; readonly run: readonly string[] }
  | { readonly session: number; readonly close: true }
  | { readonly end: true }

export interface Answer {
  readonly id: number
  readonly failure?: { readonly message: string; readonly fields: ErrorFields }
  /** Of a session just opened. */
  readonly session?: number
  readonly inputs?: readonly ValueInfo[]
  readonly outputs?: readonly ValueInfo[]
}

interface Opened {
  readonly session: Session
  bound: Bound
  /** Over memory of this thread: the runtime takes no shared one. */
  feeds: Record<string, Tensor>
  results: Record<string, Tensor>
}

const sessions: Opened[] = []

async function answer(ask: Ask): Promise<Omit<Answer, 'id'>> {
  if ('open' in ask) return open(ask.open)
  if ('end' in ask) {
    for (const { session } of sessions) await session.close()
    return {}
  }
  const opened = sessions[ask.session]
  if ('bind' in ask) bind(opened, ask.bind)
  else if ('run' in ask) await run(opened, ask.run)
  else await opened.session.close()
  return {}
}

async function open(bytes: Uint8Array): Promise<Omit<Answer, 'id'>> {
  const session = await createSession(bytes, { threads: 1 })
  const { inputs, outputs } = session
  sessions.push({ session, bound: { inputs: {}, outputs: {} }, feeds: {}, results: {} })
  return { session: sessions.length - 1, inputs, outputs }
}

function bind(opened: Opened, bound: Bound): void {
  const { inputs, outputs } = opened.session
  const own = (values: readonly ValueInfo[], shared: Shared) =>
    Object.fromEntries(values.map(value => [value.name, tensorLike(value, shared[value.name])]))
  Object.assign(opened, {
    bound,
    feeds: own(inputs, bound.inputs),
    results: own(outputs, bound.outputs),
  })
}

function tensorLike({ shape }: ValueInfo, shared: Float32Array): Tensor {
  const data = new Float32Array(shared.length)
  return { dtype: 'float32', shape: shape as readonly number[], data }
}

async function run({ session, bound, feeds, results }: Opened, wanted: readonly string[]) {
  for (const [name, { data }] of Object.entries(feeds))
    (data as Float32Array).set(bound.inputs[name])
  const fetches = Object.fromEntries(wanted.map(name => [name, results[name] ?? null]))
  await session.run(feeds, fetches)
  for (const name of wanted) bound.outputs[name].set(results[name].data as Float32Array)
}

function failureOf(error: unknown): Answer['failure'] {
  const { message, fields } =
    error instanceof ModelError ? error : new InternalError(String((error as Error)?.message))
  return { message, fields }
}

parentPort!.on('message', ({ id, ask }: { id: number; ask: Ask }) => {
  const tell = (made: Omit<Answer, 'id'>) => parentPort!.postMessage({ id, ...made })
  answer(ask).then(tell, error => tell({ failure: failureOf(error) }))
})
