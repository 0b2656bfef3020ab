/** Gates as JUnit XML and as a GitHub step summary, where continuous integration shows them. */
import { appendFileSync } from 'node:fs'
import type { Scorecard } from '../record/index.js'
import type { JudgedGate } from './gates.js'
import { percent } from './percent.js'

/** One test case a gate; an inconclusive one is skipped, or a failure under `--strict`. */
export function junitXml(card: Scorecard, gates: readonly JudgedGate[], strict: boolean): string {
  const isMissed = ({ verdict }: JudgedGate) =>
    verdict === 'fail' || (strict && verdict === 'inconclusive')
  const cases = gates.map(gate => {
    const open = `    <testcase classname=${quoted(card.model.file)} name=${quoted(gate.name)}`
    if (isMissed(gate))
      return `${open}>\n      <failure message=${quoted(gate.sentence)}/>\n    </testcase>`
    if (gate.verdict === 'inconclusive')
      return `${open}>\n      <skipped message=${quoted(gate.sentence)}/>\n    </testcase>`
    return `${open}/>`
  })
  const failures = gates.filter(isMissed).length
  const skipped = gates.filter(g => g.verdict === 'inconclusive' && !isMissed(g)).length
  const suite = `${card.model.file} on ${card.data.source}, suite ${card.suite.name}`
  const counts = `tests="${gates.length}" failures="${failures}" errors="0" skipped="${skipped}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="temper" ${counts}>`,
    `  <testsuite name=${quoted(suite)} ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** An attribute's value; characters that XML does not have are left out. */
function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
  return `"${clean.replace(/[&<>"]/g, character => entities[character])}"`
}

const signs = { pass: '✅', fail: '❌', inconclusive: '❔' } as const

/** The scorecard's figures and its gates as Markdown. */
export function stepSummary(card: Scorecard, gates: readonly JudgedGate[]): string {
  const { model, data, suite, summary, clean } = card
  const lines = [`### ${cell(model.file)} on ${cell(data.source)}`, '']
  const rows = [
    ['suite', suite.name],
    ['samples', String(data.samples)],
    ...(clean.accuracy === undefined
      ? []
      : [
          ['clean accuracy', percent(summary.cleanAccuracy)],
          ['mean under noise', percent(summary.meanAccuracy)],
          ['mean drop', percent(summary.meanDrop)],
        ]),
    ...(clean.rmse === undefined ? [] : [['clean RMSE', clean.rmse.toPrecision(4)]]),
  ]
  lines.push('| | |', '| --- | --- |', ...rows.map(row => `| ${row.map(cell).join(' | ')} |`))
  if (gates.length) {
    lines.push('', '| gate | verdict | |', '| --- | --- | --- |')
    for (const { name, verdict, sentence } of gates)
      lines.push(`| ${cell(name)} | ${signs[verdict]} ${verdict} | ${cell(sentence)} |`)
  }
  for (const warning of card.warnings ?? []) lines.push('', `> ${cell(warning)}`)
  return `${lines.join('\n')}\n\n`
}

const cell = (text: string) =>
  text.replace(/[|<>`\r\n\\]/g, character => `&#${character.charCodeAt(0)};`)

/** Where GitHub Actions says that a step may write; elsewhere nothing happens. */
export function writeStepSummary(card: Scorecard, gates: readonly JudgedGate[]): void {
  const path = process.env.GITHUB_STEP_SUMMARY
  if (path) appendFileSync(path, stepSummary(card, gates))
}
