import { createReadStream, statSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { type ServerType, serve } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { ResumableError, TemperError, UsageError } from '../../base/index.js'
import type { Ledger } from './ledger.js'
import { answerSchema, beatSchema, claimSchema, type Manifest } from './messages.js'
import { derived, sameText, type Topic, unseal } from './seal.js'
import type { ArtefactStore } from './store.js'

export interface DepotOptions {
  key: string
  ledger: Ledger
  store: ArtefactStore
  /** Where workers reach it, `http://host:port`; port 0 takes a free one. */
  address: string
}

const largestMessage = 4 * 2 ** 20
const addressForm = /^http:\/\/([A-Za-z0-9.-]+):(\d{1,5})$/

/** The coordinator's door for workers: claims, signs of life, answers, and artefacts by hash. */
export class Depot {
  private constructor(
    private readonly server: ServerType,
    readonly url: Manifest['depot'],
  ) {}

  /** Throws UsageError for a bad address, ResumableError where it cannot be listened on. */
  static open(options: DepotOptions): Promise<Depot> {
    const [, hostname, port] = addressForm.exec(options.address) ?? []
    if (!hostname)
      throw new UsageError(
        `--depot: expected http://HOST:PORT as workers reach it, received "${options.address}".`,
      )
    return new Promise((resolve, reject) => {
      const { fetch } = routes(options)
      const listening = ({ port }: AddressInfo) =>
        resolve(new Depot(server, `http://${hostname}:${port}`))
      const server = serve({ fetch, hostname, port: Number(port) }, listening)
      server.once('error', (error: Error) =>
        reject(
          new ResumableError(
            `--depot: ${options.address} cannot be listened on: ${error.message}.`,
          ),
        ),
      )
    })
  }

  close(): Promise<void> {
    if ('closeAllConnections' in this.server) this.server.closeAllConnections()
    return new Promise(resolve => this.server.close(() => resolve()))
  }
}

function routes({ key, ledger, store }: DepotOptions): Hono {
  const app = new Hono()
  const token = `Bearer ${derived(key, 'depot')}`
  app.use(async (c, next) => {
    if (!sameText(c.req.header('authorization') ?? '', token)) return c.text('no', 401)
    return next()
  })
  app.onError((error, c) =>
    c.text(error.message, error instanceof TemperError && error.exitCode !== 1 ? 400 : 500),
  )

  const hear = <Message>(
    path: string,
    topic: Topic,
    schema: { safeParse(value: unknown): { success: boolean; data?: Message } },
    act: (message: Message, c: Context) => Response,
  ) =>
    app.post(path, bodyLimit({ maxSize: largestMessage }), async c => {
      const { success, data } = schema.safeParse(unseal(key, topic, await sealedOf(c)))
      return success ? act(data as Message, c) : c.text('not understood', 403)
    })

  hear('/claims', 'claim', claimSchema, (claim, c) => taken(c, ledger.claim(claim)))
  hear('/answers', 'answer', answerSchema, (answer, c) => taken(c, ledger.answer(answer)))
  hear('/beats', 'beat', beatSchema, (beat, c) => c.json({ unwanted: ledger.beat(beat) }))

  app.get('/artefacts/:sha256', c => {
    const sha256 = c.req.param('sha256')
    if (!store.has(sha256)) return c.text('not here', 404)
    const path = store.pathOf(sha256)
    const from = rangeStart(c.req.header('range'), statSync(path).size)
    const body = Readable.toWeb(createReadStream(path, { start: from })) as ReadableStream
    return c.body(body, from > 0 ? 206 : 200)
  })
  app.put('/artefacts/:sha256', async c => {
    if (c.req.raw.body) await store.take(c.req.param('sha256'), c.req.raw.body)
    return c.text('kept')
  })
  return app
}

const taken = (c: Context, is: boolean) => (is ? c.text('taken') : c.text('not wanted', 409))

async function sealedOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json()
  } catch {
    return undefined
  }
}

/** The first byte asked for by `Range: bytes=N-`. */
function rangeStart(range: string | undefined, size: number): number {
  const from = Number(/^bytes=(\d{1,15})-$/.exec(range ?? '')?.[1] ?? 0)
  return from < size ? from : 0
}
