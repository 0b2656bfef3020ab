// Damaged and hostile files: each is read, or refused with a sentence, within 5 seconds and 1 GB, and the process
// that asks stays alive. Run by `npm run proof:hostile-files [-- mutations a format]`; writes proofs/hostile-files.md.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bombs } from './hostile-bombs.mjs'
import { formats } from './hostile-formats.mjs'
import { keeper, signature } from './kept.mjs'

const home = 'runs/proof-hostile-files'
const mutations = Number(process.argv[2] ?? 5000)
const block = 500
/** Processor time is what counts; on a busy machine an answer may take longer by the clock. */
const limitSeconds = 5
const patienceMs = 30_000
/** Parquet is read in a child of its own, which its caller ends after so much silence. */
const stallMs = 4000

/** Opens files one by one in a process that is begun anew when it dies or is ended. */
class Opener {
  child
  constructor(folder) {
    this.folder = folder
  }

  async ask(message, patience) {
    if (!this.child) {
      this.child = fork('proofs/hostile-child.mjs', [this.folder], {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      })
      await once(this.child, 'message')
    }
    const { child } = this
    const settled = deferred()
    const onExit = (code, signal) =>
      settled.resolve({ kind: 'died', message: `code ${code}, signal ${signal}` })
    const timer = setTimeout(() => {
      settled.resolve({ kind: 'hung', seconds: 0 })
      this.end()
    }, patience)
    child.once('message', settled.resolve)
    child.once('exit', onExit)
    child.send(message)
    const answer = await settled.promise
    clearTimeout(timer)
    child.removeAllListeners('message')
    child.removeListener('exit', onExit)
    if (answer.kind === 'died') this.child = undefined
    return answer
  }

  end() {
    this.child?.kill('SIGKILL')
    this.child = undefined
  }
}

function deferred() {
  const all = {}
  all.promise = new Promise(resolve => {
    all.resolve = resolve
  })
  return all
}

const kinds = ['read', 'refused', 'fault', 'hung', 'died']

/** Counts of what became of files `from` to `to` of a format. */
async function opened(format, from, to) {
  const opener = new Opener(join(home, 'work'))
  const counts = Object.fromEntries(kinds.map(kind => [kind, 0]))
  const found = { counts, slowest: 0, peakMb: 0, examples: [] }
  for (let n = from; n < to; n++) {
    if (format === 'bombs') await makeBomb(n)
    const answer = await opener.ask({ format, n }, format === 'parquet' ? stallMs : patienceMs)
    counts[answer.kind]++
    found.slowest = Math.max(found.slowest, answer.seconds ?? 0)
    found.peakMb = Math.max(found.peakMb, answer.peakMb ?? 0)
    if (answer.kind !== 'read' && answer.kind !== 'refused')
      found.examples.push({ n, kind: answer.kind, message: answer.message })
    if (format === 'bombs') {
      found.examples.push({ n, name: bombs[n].name, ...answer })
      opener.end()
    }
  }
  opener.end()
  return found
}

async function makeBomb(n) {
  const path = join(home, 'work', bombs[n].file)
  rmSync(join(home, 'work'), { recursive: true, force: true })
  mkdirSync(dirname(path), { recursive: true })
  await bombs[n].make(path)
}

const line = cells => `| ${cells.join(' | ')} |`
const bombRow = ({ examples }) => {
  const { name, kind, seconds = 0, peakMb = 0 } = examples.at(-1)
  return line([name, kind, seconds.toFixed(2), Math.ceil(peakMb)])
}

const kept = keeper(join(home, 'kept.json'))
const rows = new Map()
const thrown = []
for (let n = 0; n < bombs.length; n++) {
  const part = await kept(`bomb ${bombs[n].name}`, () => opened('bombs', n, n + 1))
  thrown.push(part)
  const { kind, seconds = 0, peakMb = 0, message = '' } = part.examples.at(-1)
  console.log(bombs[n].name, kind, seconds.toFixed(2), Math.round(peakMb), message)
}
for (const format of Object.keys(formats)) {
  const parts = []
  for (let from = 0; from < mutations; from += block) {
    const to = Math.min(mutations, from + block)
    parts.push(await kept(`${format} ${from}-${to}`, () => opened(format, from, to)))
    rows.set(format, parts)
    writePage()
  }
  const worst = parts.flatMap(part => part.examples).slice(0, 3)
  console.log(format, total(parts).join(' '), worst.length ? JSON.stringify(worst) : '')
}
rmSync(join(home, 'work'), { recursive: true, force: true })

function total(parts) {
  const sum = kind => parts.reduce((all, part) => all + part.counts[kind], 0)
  const most = key => Math.max(...parts.map(part => part[key]))
  const counts = kinds.map(sum)
  return [
    counts.reduce((a, b) => a + b),
    ...counts,
    most('slowest').toFixed(2),
    Math.ceil(most('peakMb')),
  ]
}

/** The page of what is there so far, after each block. */
function writePage() {
  writeFileSync(
    'proofs/hostile-files.md',
    `# Hostile and broken files

Damaged files of each format, made of real ones (\`test/golden/data\`) by changing bytes, cutting out,
doubling or overwriting runs, cutting off the end or adding to it; each is opened and its first three samples read.
\`refused\`: with a sentence that names the file; \`fault\`: another error; \`hung\`: no answer in ${patienceMs / 1000} s; \`died\`: the
process that read it ended. Seconds are of processor time, at most ${limitSeconds} allowed; the memory is the peak of a process that opens ${block} files, one after another.

| format | files | read | refused | fault | hung | died | slowest, s | peak, MB |
|---|---|---|---|---|---|---|---|---|
${[...rows].map(([format, parts]) => line([format === 'parquet' ? 'Parquet' : format, ...total(parts)])).join('\n')}

Parquet's decoder runs in a child process that its reader ends after ${stallMs / 1000} s of silence (\`hung\`) and whose death it
survives (\`died\`): both are refusals with a sentence to whoever asked.

${bombs.length} files made to hurt, each in a process of its own:

| file | outcome | seconds | peak, MB |
|---|---|---|---|
${thrown.map(bombRow).join('\n')}

300 hostile paths in metadata files never lead out of the folder: \`src/data/layouts/paths.test.ts\`.

${signature('npm run proof:hostile-files')}
`,
  )
}
