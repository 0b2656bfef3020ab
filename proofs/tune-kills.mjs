// 200 short trials with barriers, once undisturbed, once with 50 children and 5 coordinators killed:
// each (trial, rung) is counted once, and the ranking is the same. Run by `npm run proof:tune-kills`;
// writes proofs/tune-kills.md.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readJournal } from '../dist/record/index.js'

const home = 'runs/proof-tune-kills'
const trials = Number(process.argv[2] ?? 200)
const kills = {
  children: Number(process.argv[3] ?? 50),
  coordinators: Number(process.argv[4] ?? 5),
}
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
  - search: { onOff: { at: input, kind: gaussian, sigma: { search: { from: 0.05, to: 1, log: true } } } }
monitor: { samples: 96 }
`,
)

const journalOf = folder => join(folder, 'journal.jsonl')
const entriesOf = folder => (existsSync(journalOf(folder)) ? readJournal(journalOf(folder)) : [])

function coordinator(folder) {
  const fresh = [
    'tune',
    recipe,
    '--trials',
    trials,
    '--stopping',
    'halving',
    '--eta',
    2,
    '--sampler',
    'halton',
    '--repeats',
    1,
    '--out',
    folder,
    '--engine',
    'portable',
  ]
  const args = existsSync(journalOf(folder)) ? ['tune', '--resume', folder] : fresh
  return spawn(
    process.execPath,
    ['dist/cli/main.js', ...args.map(String), '--workers', '2', '--quiet'],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
}

const ended = child =>
  new Promise(resolve => child.once('exit', (code, signal) => resolve(signal ?? code)))

function childrenOf(pid) {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number)
  } catch {
    return []
  }
}

async function undisturbed(folder) {
  const end = await ended(coordinator(folder))
  if (end !== 0) throw new Error(`the undisturbed study ended with ${end}`)
}

/** Kills at even distances of progress, each after a different wait; a coordinator every eleventh time. */
async function disturbed(folder) {
  const done = { children: 0, coordinators: 0 }
  const all = kills.children + kills.coordinators
  let child = coordinator(folder)
  let end = ended(child)
  for (;;) {
    const sum = done.children + done.coordinators
    const results = entriesOf(folder).filter(entry => entry.type === 'result').length
    const finished = await Promise.race([
      end,
      sleep(150 + ((sum * 271) % 700)).then(() => undefined),
    ])
    if (finished === 0) return done
    if (finished !== undefined) throw new Error(`the coordinator ended by itself with ${finished}`)
    if (sum >= all || results <= (sum * trials * 1.4) / all) continue
    if (sum % 11 === 5 && done.coordinators < kills.coordinators) {
      child.kill('SIGKILL')
      await end
      done.coordinators++
      child = coordinator(folder)
      end = ended(child)
    } else {
      const workers = childrenOf(child.pid)
      if (!workers.length) continue
      process.kill(workers[sum % workers.length], 'SIGKILL')
      done.children++
    }
  }
}

function told(folder) {
  const entries = entriesOf(folder)
  const results = entries.filter(entry => entry.type === 'result')
  const names = results.map(({ trial, rung }) => `${trial}/${rung}`)
  const last = new Map(
    results.map(({ trial, rung, values }) => [
      trial,
      { trial, rung, score: (values.cleanAccuracy + values.meanAccuracy) / 2, values },
    ]),
  )
  const ranking = [...last.values()].sort(
    (a, b) => b.rung - a.rung || b.score - a.score || a.trial - b.trial,
  )
  return { entries, parts: new Set(names).size, twice: names.length - new Set(names).size, ranking }
}

const calm = join(home, 'calm')
const rough = join(home, 'rough')
if (!existsSync(join(calm, 'study.json'))) await undisturbed(calm)
rmSync(rough, { recursive: true, force: true })
const done = await disturbed(rough)
const [a, b] = [told(calm), told(rough)]
const same = JSON.stringify(a.ranking) === JSON.stringify(b.ranking)
const lost = b.entries.filter(entry => entry.type === 'lost').length
const sent = b.entries.filter(entry => entry.type === 'dispatched').length
const failed = b.entries.filter(entry => entry.type === 'failed').length
const text = `# A search whose processes are killed

${new Date().toISOString().slice(0, 10)}; ${trials} trials of 1 to 4 epochs, successive halving with barriers, 2 workers.

| | undisturbed | disturbed |
|---|---|---|
| children killed | 0 | ${done.children} |
| coordinators killed | 0 | ${done.coordinators} |
| parts (trial, rung) counted | ${a.parts} | ${b.parts} |
| of these counted twice | ${a.twice} | ${b.twice} |
| jobs sent | ${a.entries.filter(entry => entry.type === 'dispatched').length} | ${sent} |
| noted as lost | 0 | ${lost} |
| trials given up | 0 | ${failed} |

Ranking and every measured value ${same ? 'are the same' : 'DIFFER'}.
`
console.log(text)
if (trials === 200) writeFileSync('proofs/tune-kills.md', text)
if (
  !same ||
  b.twice ||
  failed ||
  done.children < kills.children ||
  done.coordinators < kills.coordinators
)
  process.exitCode = 1
