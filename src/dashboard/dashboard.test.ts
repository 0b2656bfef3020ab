import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseHTML } from 'linkedom'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Dashboard, startDashboard } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-dash-'))
const clock = { now: () => 1_000_000 }
const hostile = '<img src=x onerror=alert(1)>'
let dashboard: Dashboard
let cookie: string

const epoch = (epoch: number, time = 900_000) =>
  `${JSON.stringify({ type: 'epoch', time, epoch, step: epoch * 10, loss: 1 / epoch, learningRate: 0.1 })}\n`
const check = `${JSON.stringify({ type: 'check', time: 950_000, step: 10, epoch: 1, clean: { accuracy: 0.9 }, noisy: { accuracy: 0.7 }, cleanLoss: 0.4, noisyLoss: 0.8, levels: {} })}\n`

function makeRun(name: string, events: string, plan?: string): void {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'events.jsonl'), events)
  if (plan !== undefined) writeFileSync(join(folder, name, 'plan.json'), plan)
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: Record<string, string | string[] | undefined>
}

/** A request with any headers, which fetch would not allow. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: dashboard.port, path, method, headers: { cookie, ...headers } },
      answer => {
        let body = ''
        answer.on('data', chunk => (body += chunk))
        answer.on('end', () =>
          resolve({ status: answer.statusCode!, body, headers: answer.headers }),
        )
      },
    )
    asked.on('error', reject)
    asked.end()
  })
}

beforeAll(async () => {
  const start = '{"type":"start","time":800000}\n'
  makeRun('a/plain', start + epoch(1) + check, JSON.stringify({ lengths: { epochs: 4 }, seed: 7 }))
  makeRun('a/done', `${start}{"type":"end","time":500000,"best":{"step":10,"reason":"r"}}\n`)
  makeRun('broken', start, '{"lengths":')
  makeRun(hostile, epoch(1))
  mkdirSync(join(folder, 'elsewhere'))
  symlinkSync('/', join(folder, 'elsewhere', 'link'))
  dashboard = await startDashboard({ folder, port: 0, everyMs: 20, clock })
  cookie = ''
  const signed = await ask(new URL(dashboard.url).pathname + new URL(dashboard.url).search)
  expect(signed.status).toBe(302)
  cookie = String(signed.headers['set-cookie']).split(';')[0]
})
afterAll(async () => {
  await dashboard.close()
  rmSync(folder, { recursive: true })
})

describe('the list of runs', () => {
  const rowsOf = async () => {
    const { document } = parseHTML((await ask('/')).body)
    return [...document.querySelectorAll('tbody tr')].map(row =>
      row.textContent?.replace(/\s+/g, ' '),
    )
  }

  it('shows the state, the figures and the gap of each, the last to speak first', async () => {
    const rows = await rowsOf()
    expect(rows[0]).toContain('a/plainrunning, 5 min left1 of 4190.0%70.0%−20.0under 2 min ago')
    expect(rows.find(row => row?.includes('a/done'))).toContain('finished')
    expect(rows).toHaveLength(4)
  })

  it('shows a broken run as broken, with the reason, and all others as they are', async () => {
    const broken = (await rowsOf()).find(row => row?.startsWith('broken'))
    expect(broken).toMatch(/^brokenbroken: .*JSON/)
  })

  it('escapes names', async () => {
    const { document } = parseHTML((await ask('/')).body)
    expect(document.querySelectorAll('img')).toHaveLength(0)
    expect(document.body.textContent).toContain(hostile)
  })

  it('finds a run that begins later', async () => {
    makeRun('late', epoch(1))
    expect((await rowsOf()).some(row => row?.startsWith('late'))).toBe(true)
  })
})

describe('one run and several', () => {
  it('draws figures and tells events', async () => {
    const { document } = parseHTML((await ask('/run?run=a%2Fplain')).body)
    expect(document.querySelectorAll('svg.chart').length).toBeGreaterThanOrEqual(2)
    expect(document.querySelector('#log')?.textContent).toContain(
      'step 10, clean 90.0%, noisy 70.0%',
    )
    expect(document.body.textContent).not.toMatch(/NaN|undefined/)
  })

  it('puts runs beside each other', async () => {
    const { document } = parseHTML((await ask('/run?run=a%2Fplain&run=late')).body)
    expect(document.querySelector('.legend')?.textContent).toMatch(/a\/plain.*late/)
  })

  it('hands out the report, the figures as CSV and the events of known runs alone', async () => {
    expect((await ask('/metrics?run=a%2Fplain')).body).toMatch(/^type,time,step,epoch,loss/)
    expect((await ask('/events?run=a%2Fplain')).body).toContain('"type":"start"')
    expect((await ask('/report?run=a%2Fplain')).status).toBe(404)
    for (const id of ['..', '../..', 'a', '/etc', 'elsewhere/link/etc', 'a/plain/../done', 'a%00'])
      expect((await ask(`/events?run=${encodeURIComponent(id)}`)).status, id).toBe(404)
  })

  it('sends what changes as events', async () => {
    const parts = await nextParts('/stream/run?run=late', () =>
      appendFileSync(join(folder, 'late', 'events.jsonl'), epoch(2)),
    )
    expect(parts.state).toContain('loss 0.5')
  })
})

/** The second message of a stream, after `change` was done on the first. */
function nextParts(path: string, change: () => void): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { port: dashboard.port, host: '127.0.0.1', path, headers: { cookie } },
      answer => {
        let text = ''
        let messages = 0
        answer.on('data', chunk => {
          text += chunk
          const whole = text.split('\n\n').filter(part => part.includes('event: parts'))
          if (!text.endsWith('\n\n') || whole.length === messages) return
          messages = whole.length
          if (messages === 1) change()
          else {
            asked.destroy()
            resolve(JSON.parse(whole[messages - 1].split('data: ')[1]))
          }
        })
      },
    )
    asked.on('error', error =>
      (error as NodeJS.ErrnoException).code === 'ECONNRESET' ? null : reject(error),
    )
    asked.end()
  })
}

describe('who may read', () => {
  const paths = ['/', '/run?run=late', '/events?run=late', '/stream/list', '/client.js', '/nowhere']
  const own = () => `127.0.0.1:${dashboard.port}`
  it.each<[string, () => Record<string, string>, string, number]>([
    ['no cookie', () => ({ cookie: '' }), 'GET', 403],
    ['a wrong cookie', () => ({ cookie: `temper-${dashboard.port}=x` }), 'GET', 403],
    ['the cookie of another port', () => ({ cookie: cookie.replace(/\d+=/, '1=') }), 'GET', 403],
    ['a foreign host name that resolves here', () => ({ host: 'evil.example' }), 'GET', 403],
    ['this host with another port', () => ({ host: '127.0.0.1:1' }), 'GET', 403],
    ['a foreign origin', () => ({ origin: 'http://evil.example' }), 'GET', 403],
    ['a null origin', () => ({ origin: 'null' }), 'GET', 403],
    ['a page of another site', () => ({ 'sec-fetch-site': 'cross-site' }), 'GET', 403],
    ['a page of another port', () => ({ 'sec-fetch-site': 'same-site' }), 'GET', 403],
    ['POST', () => ({ host: own() }), 'POST', 405],
    ['PUT', () => ({}), 'PUT', 405],
    ['DELETE', () => ({}), 'DELETE', 405],
    ['OPTIONS', () => ({}), 'OPTIONS', 405],
  ])('%s is refused on every path', async (_, headers, method, status) => {
    for (const path of paths) {
      const answer = await ask(path, headers(), method)
      expect(answer.status, path).toBe(status)
      expect(answer.body).not.toContain('late')
    }
  })

  it('lets the own page in, and answers with a policy', async () => {
    const answer = await ask('/', { origin: `http://${own()}`, 'sec-fetch-site': 'same-origin' })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  })

  it('keeps the key out of addresses after the first, and gives it to no script', async () => {
    const answer = await ask(new URL(dashboard.url).search.replace('?', '/?'), { cookie: '' })
    expect(answer.headers.location).toBe('/')
    expect(String(answer.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/)
  })
})

it('says when there is no folder or no port', async () => {
  await expect(startDashboard({ folder: join(folder, 'no') })).rejects.toThrow('there is no folder')
  await expect(startDashboard({ folder, port: dashboard.port })).rejects.toThrow(
    'is in use. Choose another with --port',
  )
})
