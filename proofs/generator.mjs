// The generator against batteries of statistical tests, those that are there: dieharder (Brown 2003, with
// Marsaglia's Diehard and part of NIST's suite) and TestU01 (L'Ecuyer & Simard 2007). Run by
// `npm run proof:generator [-- --minutes 25]`; writes proofs/generator.md. Each finished test is kept in
// proofs/generator.json, so that an interruption loses one.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { batteries } from './generator-batteries.mjs'
import { keeper, signature } from './kept.mjs'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '25' } } })
const readings = {
  'one stream': ['one', 'plain'],
  'one stream, bits reversed': ['one', 'reversed'],
  'first 784 words of many streams': ['many', 'plain'],
}
/** What is run, in this order, and for dieharder, of which each test reads 10^7 to 10^10 bytes. */
const plan = [
  ['dieharder', 'one stream'],
  ['SmallCrush', 'one stream'],
  ['SmallCrush', 'one stream, bits reversed'],
  ['SmallCrush', 'first 784 words of many streams'],
  ['dieharder', 'first 784 words of many streams'],
  ['Crush', 'one stream'],
]

const file = new URL('generator.json', import.meta.url).pathname
const keep = keeper(file)
const done = []
let left = Number(values.minutes) * 60

for (const [name, reading] of plan) {
  const battery = batteries[name]
  const there = battery.present()
  if (!there) console.log(`${name} is skipped: ${battery.missing}`)
  for (const [at, test] of battery.tests.entries()) {
    const first = await run({ name, reading, test, stream: at + 1 }, there)
    if (!first?.results.some(([, p]) => unlikely(p))) continue
    // What looks unlikely is drawn again, from two other streams.
    for (const again of [1, 2])
      await run({ name, reading, test, stream: at + 1 + 1000 * again, again }, there)
  }
}
report()

function unlikely(p) {
  return p < 0.001 || p > 0.999
}

/** The kept or fresh result of one test; nothing where the battery is missing or the time is over. */
async function run({ name, reading, test, stream, again = 0 }, there) {
  const id = [name, reading, test, again].join(' | ')
  const [how, bits] = readings[reading]
  const result = await keep(id, async () => {
    if (!there || left <= 0) return undefined
    const words = `node proofs/generator-feed.mjs ${how} ${stream}`
    const fresh = batteries[name].run(test, words, bits)
    left -= fresh.seconds
    const p = fresh.results.map(([, value]) => value.toPrecision(3)).join(' ')
    console.log(`${id}: ${p} (${fresh.seconds.toFixed(0)} s)`)
    return fresh
  })
  if (result) done.push({ name, reading, test, again, ...result })
  return result
}

function row([name, reading]) {
  const runs = done.filter(run => run.name === name && run.reading === reading)
  const first = runs.filter(run => run.again === 0)
  const count = batteries[name].tests.length
  const p = first.flatMap(run => run.results.map(([, value]) => value))
  if (!p.length) return `| ${name} | ${reading} | 0 of ${count} | not run | | | |`
  const weak = p.filter(value => value < 0.005 || value > 0.995).length
  const extreme = Math.min(...p.map(value => Math.min(value, 1 - value)))
  const odd = first.flatMap(run =>
    run.results.map(([test, value], at) => ({ run, test, value, at })),
  )
  const again = odd
    .filter(({ value }) => unlikely(value))
    .map(({ run, test, value, at }) => {
      const later = runs.filter(other => other.again && other.test === run.test)
      const values = later.map(other => other.results[at][1].toPrecision(2)).join(' and ')
      return `${test} ${value > 0.5 ? value.toFixed(5) : value.toPrecision(2)}, drawn again ${values}`
    })
  return `| ${name} | ${reading} | ${first.length} of ${count} | ${p.length} | ${weak} | ${extreme.toExponential(1)} | ${again.join('; ') || 'none'} |`
}

function report() {
  const minutes = done.reduce((sum, run) => sum + run.seconds, 0) / 60
  const versions = batteries.dieharder.present()
    ? `dieharder ${batteries.dieharder.version()}; `
    : ''
  const text = `# The generator against statistical batteries

The words of \`kernels.words\`: Philox4x32-10 of (lane, block, stream) seeds four lanes of sfc32 for each
1024 words. Each test reads streams of its own. A perfect generator gives two p-values in a thousand
outside [.001, .999], which is worth a second look: such a test is run again on two other streams. Below
1e-6 (dieharder) or 1e-10 (TestU01) is a failure.

| battery | reading | tests run | p-values | outside [.005, .995] | most extreme tail | outside [.001, .999] |
|---|---|---|---|---|---|---|
${plan.map(row).join('\n')}

dieharder: every test but its sums (its own list says "do not use"), bit distributions of 1 to 12 bits,
minimum distances in 2 to 5 dimensions, permutations of 2 to 5, lagged sums at the lags 0 to 4, 7, 8, 15,
16, 31 and 32 (all 33 would read 200 GB). Its OPSO, OQSO and DNA it calls suspect itself.

The known answers of Random123 for Philox4x32-10 are in \`src/kernels/generator.test.ts\`. Not run:
BigCrush, PractRand, and what the table says was not run; dieharder reads far less than either, so
this bounds gross faults and not subtle ones.

${versions}${minutes.toFixed(0)} minutes of processor time in all. ${signature('npm run proof:generator')}
`
  writeFileSync(new URL('generator.md', import.meta.url), text)
  console.log(text)
}
