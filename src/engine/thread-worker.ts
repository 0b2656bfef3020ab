/** The far end of the sessions of another thread; `WorkerThread` is its only caller. */
import { parentPort } from 'node:worker_threads'
import type { ErrorFields, Tensor } from '../base/index.js'
import type { ValueInfo } from '../onnx/index.js'
import { createSession, type Session } from './session.js'

/** A call of `Session.run`: what is fed, and the tensors to write into, are views on one buffer. */
export interface Call {
  readonly buffer: ArrayBuffer
  readonly feeds: Readonly<Record<string, Tensor>>
  readonly fetches: Readonly<Record<string, Tensor | null>>
}

/** What is asked for: a session opened, run (the buffer handed over), closed; or all ended. */
export type Ask =
  | { readonly open: Uint8Array; readonly threads: number }
  | { readonly session: number; readonly run: Call }
  | { readonly session: number; readonly close: true }
  | { readonly end: true }

export interface Answer {
  readonly id: number
  readonly failure?: Failure
  /** Of a session just opened. */
  readonly session?: number
  readonly inputs?: readonly ValueInfo[]
  readonly outputs?: readonly ValueInfo[]
  /** Of a run: the buffer handed back, and the outputs, those asked for afresh outside it. */
  readonly buffer?: ArrayBuffer
  readonly made?: Readonly<Record<string, Tensor>>
}

/** An error, as far as it crosses. */
export interface Failure {
  readonly name: string
  readonly message: string
  readonly fields?: ErrorFields
}

type Told = Omit<Answer, 'id'>

const sessions: Session[] = []

async function answer(ask: Ask): Promise<Told> {
  if ('open' in ask) return open(ask.open, ask.threads)
  if ('run' in ask) return run(sessions[ask.session], ask.run)
  for (const session of 'end' in ask ? sessions : [sessions[ask.session]]) await session.close()
  return {}
}

async function open(bytes: Uint8Array, threads: number): Promise<Told> {
  const session = await createSession(bytes, { threads })
  const { inputs, outputs } = session
  return { session: sessions.push(session) - 1, inputs, outputs }
}

async function run(session: Session, { buffer, feeds, fetches }: Call): Promise<Told> {
  return { buffer, made: await session.run(feeds, fetches) }
}

function tell(id: number, told: Told): void {
  parentPort!.postMessage({ id, ...told } satisfies Answer, told.buffer ? [told.buffer] : [])
}

parentPort!.on('message', ({ id, ask }: { id: number; ask: Ask }) => {
  const fail = ({ name, message, fields }: Failure) =>
    tell(id, { failure: { name, message, fields } })
  answer(ask).then(told => tell(id, told), fail)
})
