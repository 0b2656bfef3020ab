// A search over a queue whose workers are killed, whose Redis restarts and forgets, and whose orders come
// twice: nothing is lost, nothing counted twice, and the outcome is that of an undisturbed search on one
// machine. Run by `npm run proof:queue-kills`; writes proofs/queue-kills.md. Needs redis-server.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { queueNameOf } from '../dist/jobs/queue/names.js'
import { readJournal } from '../dist/record/index.js'

const home = 'runs/proof-queue-kills'
const [trials, kills, restarts, flushes] = [40, 50, 10, 3].map((usual, i) =>
  Number(process.argv[2 + i] ?? usual),
)
const key = 'the key of a proof, nobody else has it'
rmSync(join(home, 'rough'), { recursive: true, force: true })
mkdirSync(home, { recursive: true })

const table = join(home, 'table.csv')
const rows = Array.from({ length: 240 }, (_, i) => {
  const x = [1, 2, 3, 4].map(k => Math.sin(i * k * 12.9898) * 2)
  return [...x, x[0] + x[1] * x[2] > 0 ? 'yes' : 'no'].join(',')
})
writeFileSync(table, `a,b,c,d,label\n${rows.join('\n')}\n`)
const recipe = join(home, 'recipe.yaml')
writeFileSync(
  recipe,
  `model: { network: mlp }
data: { train: ${table}, validation: 0.4 }
optimizer: { learningRate: { search: { from: 1e-4, to: 3e-2, log: true } } }
train: { epochs: 4, batch: 32 }
noise:
  - { at: input, kind: gaussian, sigma: { search: { from: 0.05, to: 1, log: true } } }
monitor: { samples: 96 }
`,
)

const port = await new Promise(resolve => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})
const url = `redis://127.0.0.1:${port}`
const startRedis = () =>
  spawn('redis-server', ['--port', `${port}`, '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  })
const temper = (...args) =>
  spawn(process.execPath, ['dist/cli/main.js', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, TEMPER_STUDY_KEY: key },
  })
const ended = child => new Promise(resolve => child.once('exit', code => resolve(code)))
const worker = () => temper('worker', '--redis', url, '--data', table, '--quiet')

const search = ['tune', recipe, '--trials', `${trials}`, '--sampler', 'halton', '--quiet']
const common = [...search, '--stopping', 'halving', '--eta', '2', '--repeats', '1']
const study = folder => [...common, '--engine', 'portable', '--out', join(home, folder)]

const resultsOf = folder => {
  const journal = join(home, folder, 'journal.jsonl')
  return existsSync(journal) ? readJournal(journal).filter(entry => entry.type === 'result') : []
}

const isCalm = existsSync(join(home, 'calm', 'study.json'))
if (!isCalm && (await ended(temper(...study('calm'), '--workers', '2'))) !== 0)
  throw new Error('the undisturbed search failed')
const parts = resultsOf('calm').length

let redis = startRedis()
await sleep(1000)
const client = new Redis(url)
client.on('error', () => {})
const queue = new Queue(queueNameOf(key), { connection: { host: '127.0.0.1', port } })
queue.on('error', () => {})
const workers = [worker(), worker(), worker()]
const coordinator = temper(...study('rough'), '--redis', url)
const end = ended(coordinator)

const did = { kills: 0, restarts: 0, flushes: 0, duplicates: 0 }
/** Every order that waits is put in again: under its own name, and under another. */
async function duplicate() {
  for (const job of await queue.getJobs(['waiting', 'active']).catch(() => [])) {
    if (!job?.data || job.id.endsWith('again')) continue
    await queue.add('order', job.data, { jobId: job.id }).catch(() => {})
    await queue.add('order', job.data, { jobId: `${job.id}-again` }).catch(() => {})
    did.duplicates += 2
  }
}

/** Disturbances come with progress, so that all of them meet work: so many of `all` by now. */
const due = (all, results) => Math.min(all, Math.floor((1.2 * all * (results + 1)) / parts))

let code
for (let turn = 0; code === undefined; turn++) {
  code = await Promise.race([end, sleep(300 + ((turn * 271) % 700)).then(() => undefined)])
  if (code !== undefined) break
  const results = resultsOf('rough').length
  if (did.kills < due(kills, results)) {
    const at = did.kills % workers.length
    workers[at].kill('SIGKILL')
    workers[at] = worker()
    did.kills++
  }
  if (did.restarts < due(restarts, results)) {
    redis.kill('SIGKILL')
    await ended(redis)
    redis = startRedis()
    did.restarts++
  }
  if (did.flushes < due(flushes, results)) {
    await Promise.race([client.flushall().catch(() => {}), sleep(2000)])
    did.flushes++
  }
  if (turn % 4 === 1) await Promise.race([duplicate(), sleep(2000)])
  if (turn % 10 === 0) console.error(JSON.stringify(did), results, 'of', parts)
}
for (const child of workers) child.kill('SIGKILL')
client.disconnect()
redis.kill('SIGKILL')
if (code !== 0) throw new Error(`the disturbed search ended with ${code}`)

const told = folder => {
  const results = resultsOf(folder)
  const names = results.map(({ trial, rung }) => `${trial}/${rung}`)
  const { trials, best } = JSON.parse(readFileSync(join(home, folder, 'study.json'), 'utf8'))
  return { parts: new Set(names).size, all: names.length, trials, best }
}
const [calm, rough] = [told('calm'), told('rough')]
const same = JSON.stringify(calm.best) === JSON.stringify(rough.best)
const sameTrials = JSON.stringify(calm.trials) === JSON.stringify(rough.trials)
writeFileSync(
  'proofs/queue-kills.md',
  `# A search over a queue that is disturbed

${new Date().toISOString().slice(0, 10)}; ${trials} trials of 1 to 4 epochs, successive halving with barriers, 3 workers on one machine.

| | one machine, undisturbed | three workers, disturbed |
|---|---|---|
| workers killed (SIGKILL) | 0 | ${did.kills} |
| restarts of Redis, empty each time | 0 | ${did.restarts} |
| FLUSHALL | 0 | ${did.flushes} |
| orders put in again | 0 | ${did.duplicates} |
| parts (trial, rung) with a result | ${calm.parts} | ${rough.parts} |
| counted twice | ${calm.all - calm.parts} | ${rough.all - rough.parts} |
| lost | 0 | ${calm.parts - rough.parts} |
| best trial and its figures the same | | ${same ? 'yes' : 'NO'} |
| all trials' figures the same | | ${sameTrials ? 'yes' : 'NO'} |

\`npm run proof:queue-kills\`.
`,
)
process.exit(0)
