import { afterAll, describe, expect, it } from 'vitest'
import { isStop, rules } from '../../src/autodiff/index.js'
import { keyOf, Random } from '../../src/base/index.js'
import { cases } from './cases/index.js'
import { checkCase, type Errors } from './check.js'
import { Draw } from './draw.js'

const casesPerRule = 30

/** Operators with a rule; private ones are checked where they are made. */
const ruled = Object.entries(rules).flatMap(([op, row]) =>
  isStop(row) || op.startsWith('temper.') ? [] : [op],
)

const report = new Map<string, Errors>()

describe('every gradient rule against central differences', () => {
  it('has cases for every rule, and no others', () => {
    expect(Object.keys(cases).sort()).toEqual([...ruled].sort())
  })

  it.each(ruled.filter(op => cases[op]))('%s: rule < 1e-6, runtime < 1e-4', async op => {
    let [rule, runtime] = [0, 0]
    for (let index = 0; index < casesPerRule; index++) {
      const draw = new Draw(new Random(keyOf(0, `gradcheck:${op}`, index)))
      const errors = await checkCase(op, cases[op](draw, index), draw)
      expect(errors.rule, `case ${index}, rule`).toBeLessThan(1e-6)
      expect(errors.runtime, `case ${index}, runtime`).toBeLessThan(1e-4)
      rule = Math.max(rule, errors.rule)
      runtime = Math.max(runtime, errors.runtime)
    }
    report.set(op, { rule, runtime })
  })
})

afterAll(() => {
  const rows = [...report].map(
    ([op, { rule, runtime }]) =>
      `${op.padEnd(40)} ${rule.toExponential(1)}  ${runtime.toExponential(1)}`,
  )
  const count = report.size * casesPerRule
  console.log(`${count} cases; worst relative errors: rule, runtime\n${rows.join('\n')}`)
})
