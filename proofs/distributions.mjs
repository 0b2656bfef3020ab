// Ten million draws of every distribution that noise draws from, against what it should be: the
// Kolmogorov-Smirnov statistic, mean, variance and both tails. Run by `npm run proof:distributions`
// (a minute or two); writes proofs/distributions.md and fails where one does not hold.
import { writeFileSync } from 'node:fs'
import { createServer } from 'vite'
import { signature } from './kept.mjs'

const n = 1e7
const limit = { distance: 2.8, score: 5 }
const server = await createServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, watch: null },
})
const path = new URL('../test/support/distributions.ts', import.meta.url).pathname
const { distributions, examine } = await server.ssrLoadModule(path)

const rows = distributions.map(one => {
  const seen = examine(one, n)
  const scores = [seen.mean, seen.variance, seen.lowTail, seen.highTail]
  const holds = seen.distance < limit.distance && scores.every(z => Math.abs(z) < limit.score)
  const cells = [seen.distance, ...scores].map(value => value.toFixed(2))
  const row = `| ${[one.name, ...cells].join(' | ')} |`
  console.log(row, holds ? '' : 'does not hold')
  return { row, holds, scores: [...scores], distance: seen.distance }
})
await server.close()

const scores = rows.flatMap(row => row.scores)
const beyond = scores.filter(z => Math.abs(z) > 2).length
const text = `# The distributions, ten million draws each

Kolmogorov-Smirnov: the largest distance between the draws' distribution function and the true one,
times the root of their number; above 1.36 one time in twenty, above 2.8 (the limit here) three times in
ten million; for whole numbers it is smaller than that. The other columns are standard errors (the limit
is 5): of mean, variance, and the number of draws in the tails, which hold about 1e-5 of them on either
side. Fixed keys: the same on every machine.

| distribution | KS | mean | variance | low tail | high tail |
|---|---|---|---|---|---|
${rows.map(({ row }) => row).join('\n')}

${rows.filter(row => row.holds).length} of ${rows.length} hold. Of the ${scores.length} standard errors ${beyond} are beyond 2, where ${(0.0455 * scores.length).toFixed(0)} are expected.
Noise on weights, activations and gradients draws from the same kernels.

${signature('npm run proof:distributions')}
`
writeFileSync(new URL('distributions.md', import.meta.url), text)
if (rows.some(row => !row.holds)) process.exit(1)
