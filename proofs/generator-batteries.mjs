// The batteries of proofs/generator.mjs: each says whether it is there, which tests it has, and runs one
// test on the words that a shell command writes.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The lines that a shell command writes, and its processor seconds. */
function shell(command, env = {}) {
  const { stdout, stderr, status } = spawnSync(
    'bash',
    ['-c', `TIMEFORMAT='processor %U %S'; time { ${command}; }`],
    { encoding: 'utf8', maxBuffer: 2 ** 24, env: { ...process.env, ...env } },
  )
  const [, user, system] = stderr.match(/processor (\S+) (\S+)\s*$/) ?? []
  if (status !== 0 || user === undefined) throw new Error(`${command}\n${stdout}${stderr}`)
  return { lines: stdout.trim().split('\n'), seconds: Number(user) + Number(system) }
}

function checked(results, text) {
  if (!results.length || results.some(([, p]) => !(p >= 0 && p <= 1))) throw new Error(text)
  return results
}

/**
 * Test number, its n-tuples (0: it has none), what costs most last. Sums is left out: the battery's own
 * list says "do not use".
 */
const dieharderTests = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16].map(test => [test, [0]]),
  ...[100, 101, 102, 205, 206, 207, 208, 209].map(test => [test, [0]]),
  [200, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
  [202, [2, 3, 4, 5]],
  [203, [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32]],
  [201, [2, 3, 4, 5]],
  [204, [0]],
  [17, [0]],
]

const dieharder = {
  name: 'dieharder',
  version: () => execFileSync('dieharder', ['-l'], { encoding: 'utf8' }).match(/version (\S+)/)[1],
  present: () => spawnSync('dieharder', ['-l']).error === undefined,
  missing: 'There is no dieharder (Debian: dieharder).',
  tests: dieharderTests.flatMap(([test, tuples]) => tuples.map(n => `${test} -n ${n}`)),
  run(test, words) {
    const fields = ['test_name', 'ntuple', 'pvalues'].map(field => `-D ${field}`).join(' ')
    const { lines, seconds } = shell(`${words} | dieharder -g 200 -c , ${fields} -d ${test}`)
    const results = lines
      .map(line => line.split(',').map(cell => cell.trim()))
      .map(([name, tuple, p]) => [tuple === '0' ? name : `${name} ${tuple}`, Number(p)])
    return { results: checked(results, lines.join('\n')), seconds }
  },
}

/** TestU01 is looked for under $TESTU01. */
function testU01(battery, count) {
  const prefix = process.env.TESTU01 ?? '/usr'
  let driver
  return {
    name: battery,
    version: () => '',
    present: () => existsSync(join(prefix, 'include/testu01/bbattery.h')),
    missing: `There is no TestU01 under ${prefix} (Debian's non-free part: libtestu01-0-dev).`,
    tests: Array.from({ length: count }, (_, k) => `${k + 1}`),
    run(test, words, bits) {
      driver ??= compiled(prefix)
      const { lines, seconds } = shell(`${words} | ${driver} ${battery} ${test} ${bits} 2>&1`, {
        LD_LIBRARY_PATH: join(prefix, 'lib/x86_64-linux-gnu'),
      })
      const results = lines.map(line => line.split('\t')).map(([name, p]) => [name, Number(p)])
      return { results: checked(results, lines.join('\n')), seconds }
    },
  }
}

function compiled(prefix) {
  const driver = join(mkdtempSync(join(tmpdir(), 'temper-proof-')), 'driver')
  const headers = join(prefix, 'include')
  const paths = [
    `-I${headers}`,
    `-I${headers}/x86_64-linux-gnu`,
    `-L${prefix}/lib/x86_64-linux-gnu`,
  ]
  const libraries = ['-ltestu01', '-ltestu01probdist', '-ltestu01mylib', '-lm']
  execFileSync('gcc', ['-O2', 'proofs/generator.c', '-o', driver, ...paths, ...libraries])
  return driver
}

export const batteries = {
  dieharder,
  SmallCrush: testU01('SmallCrush', 10),
  Crush: testU01('Crush', 96),
}
