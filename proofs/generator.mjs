// The generator against TestU01 (L'Ecuyer & Simard 2007): SmallCrush on three readings of its words,
// Crush on one. Run by `npm run proof:generator [-- --minutes 25]`; writes proofs/generator.md. Each
// finished test is kept in proofs/generator.json, so that an interruption loses one. TestU01 is looked
// for under $TESTU01 (default /usr): Debian's libtestu01-0-dev.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '25' } } })
const prefix = process.env.TESTU01 ?? '/usr'
const headers = join(prefix, 'include')
if (!existsSync(join(headers, 'testu01/bbattery.h'))) {
  console.log(`Skipped: there is no TestU01 under ${prefix} (Debian: libtestu01-0-dev).`)
  process.exit(0)
}
const record = new URL('generator.json', import.meta.url)
const done = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : []
const folder = mkdtempSync(join(tmpdir(), 'temper-proof-'))
const driver = join(folder, 'driver')
const library = join(prefix, 'lib/x86_64-linux-gnu')
const libraries = ['-ltestu01', '-ltestu01probdist', '-ltestu01mylib', '-lm']
const compiled = spawnSync(
  'gcc',
  [
    '-O2',
    'proofs/generator.c',
    '-o',
    driver,
    `-I${headers}`,
    `-I${headers}/x86_64-linux-gnu`,
    `-L${library}`,
    `-Wl,-rpath,${library}`,
    ...libraries,
  ],
  { stdio: 'inherit' },
)
if (compiled.status !== 0) process.exit(1)

const readings = {
  'one stream': ['one', 'plain'],
  'one stream, bits reversed': ['one', 'reversed'],
  'first 784 words of many streams': ['many', 'plain'],
}
const plan = [
  ...Object.keys(readings).flatMap(reading => tests('SmallCrush', 10, reading)),
  ...tests('Crush', 96, 'one stream'),
]
function tests(battery, count, reading) {
  return Array.from({ length: count }, (_, k) => ({ battery, reading, test: k + 1 }))
}

const same = (a, b) => a.battery === b.battery && a.reading === b.reading && a.test === b.test
const deadline = performance.now() + Number(values.minutes) * 60e3
for (const wanted of plan) {
  if (performance.now() > deadline) break
  const runs = done.filter(run => same(run, wanted))
  if (!runs.length) run(wanted, 0)
  // What looks unlikely is drawn again, from two other streams.
  const first = done.find(run => same(run, wanted))
  if (
    done.filter(run => same(run, wanted)).length === 1 &&
    first.results.some(([, p]) => unlikely(p))
  )
    for (const again of [1, 2]) run(wanted, again)
}
rmSync(folder, { recursive: true })
report()

function unlikely(p) {
  return p < 0.001 || p > 0.999
}

function run(wanted, again) {
  const [how, bits] = readings[wanted.reading]
  const feed = `node proofs/generator-feed.mjs ${how} ${wanted.test + 1000 * again}`
  const command = `${feed} | ${driver} ${wanted.battery} ${wanted.test} ${bits}`
  const start = performance.now()
  const { stderr } = spawnSync('sh', ['-c', command], {
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
    env: { ...process.env, LD_LIBRARY_PATH: library },
  })
  const results = stderr
    .trim()
    .split('\n')
    .map(line => line.split('\t'))
    .map(([name, p]) => [name, Number(p)])
  if (!results.length || results.some(([, p]) => !Number.isFinite(p))) throw new Error(stderr)
  done.push({ ...wanted, again, results, seconds: Math.round((performance.now() - start) / 1000) })
  writeFileSync(record, `[\n${done.map(run => `  ${JSON.stringify(run)}`).join(',\n')}\n]\n`)
  console.log(
    wanted.battery,
    wanted.test,
    wanted.reading,
    results.map(([, p]) => p.toPrecision(3)).join(' '),
  )
}

function row(battery, reading, count) {
  const runs = done.filter(run => run.battery === battery && run.reading === reading)
  const first = runs.filter(run => run.again === 0)
  const p = first.flatMap(run => run.results.map(([, value]) => value))
  if (!p.length) return `| ${battery} | ${reading} | 0 of ${count} | not run | | |`
  const odd = first.flatMap(run => run.results.map(([name, value], i) => ({ run, name, value, i })))
  const again = odd
    .filter(({ value }) => unlikely(value))
    .map(({ run, name, value, i }) => {
      const later = runs.filter(other => other.again && other.test === run.test)
      const values = later.map(other => other.results[i][1].toPrecision(2)).join(' and ')
      return `${name} ${value.toPrecision(2)}, drawn again ${values}`
    })
  const extreme = Math.min(...p.map(value => Math.min(value, 1 - value)))
  return `| ${battery} | ${reading} | ${first.length} of ${count} | ${p.length} | ${extreme.toExponential(1)} | ${again.join('; ') || 'none'} |`
}

function report() {
  const lines = [
    ...Object.keys(readings).map(reading => row('SmallCrush', reading, 10)),
    row('Crush', 'one stream', 96),
  ]
  const minutes = done.reduce((sum, run) => sum + run.seconds, 0) / 60
  const text = `# The generator against TestU01

The words of \`kernels.words\`: Philox4x32-10 of (lane, block, stream) seeds four lanes of sfc32 for each
1024 words. Each test reads streams of its own. TestU01 calls a p-value outside [.001, .999] worth a
second look (two in a thousand of a perfect generator) and below 1e-10 a failure.

| battery | reading | tests run | p-values | most extreme tail | outside [.001, .999] |
|---|---|---|---|---|---|
${lines.join('\n')}

The known answers of Random123 for Philox4x32-10 are in \`src/kernels/generator.test.ts\`. Not run:
BigCrush, PractRand.

${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0].model.trim()}, Node ${process.versions.node}, ${minutes.toFixed(0)} minutes in all; \`npm run proof:generator\`.
`
  writeFileSync(new URL('generator.md', import.meta.url), text)
  console.log(text)
}
