import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { serve } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { type Clock, DataError, systemClock, UsageError } from '../base/index.js'
import { metricsCsv } from '../record/index.js'
import { client } from './client.js'
import { Guard, headers } from './guard.js'
import type { Run } from './run.js'
import { Runs } from './runs.js'
import { detailView, type FileName, fileNames } from './views/detail.js'
import { listView } from './views/list.js'
import type { View } from './views/parts.js'
import { shell } from './views/shell.js'

export interface DashboardOptions {
  /** Where run folders are looked for, four levels deep; or one run folder. */
  readonly folder: string
  /** 0 takes any free one; default 7070. */
  readonly port?: number
  /** How often files are looked at while a page is open; default 500 ms. */
  readonly everyMs?: number
  readonly clock?: Clock
}

export interface Dashboard {
  /** The address to open, with the key in it. */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

/**
 * Serves run folders on this machine's loopback, read-only.
 * Throws DataError without the folder, UsageError when the port is taken.
 */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { port: wanted = 7070, everyMs = 500, clock = systemClock } = options
  const folder = resolve(options.folder)
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new DataError(`dash: there is no folder "${options.folder}".`)
  const token = randomBytes(32).toString('base64url')
  const runs = new Runs(folder, clock)
  const closing = new AbortController()
  let guard = new Guard(token, wanted)
  const app = application({
    runs,
    folder,
    clock,
    everyMs,
    closing: closing.signal,
    guard: () => guard,
  })
  const server = await listen(app, wanted)
  const { port } = server.address() as AddressInfo
  guard = new Guard(token, port)
  return {
    port,
    url: `http://127.0.0.1:${port}/?token=${token}`,
    close: () => {
      closing.abort()
      server.closeAllConnections()
      return new Promise(done => server.close(() => done()))
    },
  }
}

function listen(app: Hono, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, () =>
      resolve(server),
    ) as Server
    server.on('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      reject(
        taken
          ? new UsageError(
              `dash: port ${port} is in use. Choose another with --port, or 0 for any.`,
            )
          : error,
      )
    })
  })
}

interface Setting {
  readonly runs: Runs
  readonly folder: string
  readonly clock: Clock
  readonly everyMs: number
  readonly closing: AbortSignal
  readonly guard: () => Guard
}

function application(parts: Setting): Hono {
  const { runs, folder, clock } = parts
  const app = new Hono()
  app.use(async (c, next) => {
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    return admit(c, parts.guard()) ?? next()
  })
  app.get('/', c => c.html(shell(listView(looked(runs), folder, clock))))
  app.get('/stream/list', c =>
    stream(c, listView(runs, folder, clock), () => looked(runs), {
      ...parts,
      everyMs: 2 * parts.everyMs,
    }),
  )
  app.get('/client.js', c => c.body(`(${client})()`, 200, { 'Content-Type': 'text/javascript' }))
  app.get('/run', c => withRuns(c, looked(runs), named => c.html(shell(detailView(named, clock)))))
  app.get('/stream/run', c =>
    withRuns(c, runs, named => {
      const poll = () => named.forEach(run => void run.poll())
      return stream(c, detailView(named, clock), poll, parts)
    }),
  )
  for (const name of Object.keys(fileNames) as FileName[])
    app.get(`/${name}`, c => withRuns(c, looked(runs), ([run]) => file(c, run, name)))
  app.notFound(c => c.text('There is no such page. All runs stand at /.', 404))
  app.onError((error, c) => c.text(`This page could not be made: ${error.message}`, 500))
  return app
}

/** Refuses, signs in, or lets pass. */
function admit(c: Context, guard: Guard): Response | undefined {
  const header = (name: string) => c.req.header(name)
  const judgement = guard.judge({
    method: c.req.method,
    host: header('host'),
    origin: header('origin'),
    site: header('sec-fetch-site'),
    cookie: header('cookie'),
    token: c.req.query('token'),
  })
  if (judgement === 'pass') return undefined
  if (judgement !== 'sign in') return c.text(judgement.reason, judgement.status)
  const token = c.req.query('token')
  c.header('Set-Cookie', `${guard.cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`)
  return c.redirect('/')
}

function looked(runs: Runs): Runs {
  runs.scan()
  runs.poll()
  return runs
}

function withRuns(
  c: Context,
  runs: Runs,
  answer: (named: readonly [Run, ...Run[]]) => Response | Promise<Response>,
): Response | Promise<Response> {
  const ids = (c.req.queries('run') ?? []).slice(0, 6)
  const named = ids.flatMap(id => runs.get(id) ?? [])
  if (named.length === 0 || named.length < ids.length)
    return c.text('There is no such run. All runs stand at /.', 404)
  return answer(named as [Run, ...Run[]])
}

/** Sends the parts of a view when they change, and a comment every 15 s so that silence means a fault. */
function stream(
  c: Context,
  view: View,
  poll: () => unknown,
  { everyMs, closing }: Setting,
): Response {
  return streamSSE(c, async events => {
    let sent = ''
    let silent = 0
    while (!events.aborted && !closing.aborted) {
      poll()
      const parts = Object.entries(view.parts()).map(([id, part]) => [id, part.text])
      const data = JSON.stringify(Object.fromEntries(parts))
      silent = data === sent ? silent + everyMs : 0
      if (data !== sent) await events.writeSSE({ event: 'parts', data })
      else if (silent % 15_000 < everyMs) await events.write(': still here\n\n')
      sent = data
      await events.sleep(everyMs)
    }
  })
}

function file(c: Context, run: Run, name: FileName): Response {
  const path = join(run.folder, fileNames[name])
  if (!existsSync(path)) return c.text(`This run has no ${fileNames[name]} yet.`, 404)
  if (name === 'metrics') {
    c.header('Content-Disposition', 'attachment; filename="metrics.csv"')
    return c.body(metricsCsv(run.events), 200, { 'Content-Type': 'text/csv; charset=utf-8' })
  }
  const type = name === 'report' ? 'text/html' : 'application/x-ndjson'
  if (name === 'report')
    c.header(
      'Content-Security-Policy',
      "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; sandbox",
    )
  return c.body(readFileSync(path), 200, { 'Content-Type': `${type}; charset=utf-8` })
}
