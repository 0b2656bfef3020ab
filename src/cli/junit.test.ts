import { describe, expect, it } from 'vitest'
import type { Scorecard } from '../record/index.js'
import { judgeAll, readGate } from './gates.js'
import { junitXml, stepSummary } from './junit.js'

const card = {
  model: { file: 'a<b>&"|.onnx' },
  data: { source: 'mnist:test', samples: 100 },
  suite: { name: 'gaussian' },
  clean: { accuracy: 0.9, accuracyInterval: [0.85, 0.94] },
  conditions: [],
  summary: { cleanAccuracy: 0.9, meanAccuracy: 0.5, meanEce: 0.05, meanEceInterval: [0.03, 0.08] },
} as unknown as Scorecard

const gates = (...texts: string[]) =>
  judgeAll(
    texts.reduce<ReturnType<typeof readGate>>((all, text) => readGate(text, all), []),
    card,
  )

describe('gates in continuous integration', () => {
  it('pass, fail or stay open by their interval', () => {
    const judged = gates(
      'cleanAccuracy=0.8',
      'cleanAccuracy=0.95',
      'cleanAccuracy=0.87',
      'meanEce=0.05',
    )
    expect(judged.map(g => g.verdict)).toEqual(['pass', 'fail', 'inconclusive', 'inconclusive'])
    expect(judged[1].sentence).toBe('measured 0.9, 95 % interval 0.85 to 0.94')
  })

  it('fail where nothing was measured that they could hold', () => {
    const [gate] = gates('rmse=0.5')
    expect(gate.verdict).toBe('fail')
    expect(gate.sentence).toMatch(/not measured/)
  })

  it('are JUnit XML, whatever the names hold', () => {
    const judged = gates('cleanAccuracy=0.8', 'cleanAccuracy=0.95', 'cleanAccuracy=0.87')
    const xml = junitXml(card, judged, false)
    expect(xml).toContain('tests="3" failures="1" errors="0" skipped="1"')
    expect(xml).toContain('classname="a&lt;b&gt;&amp;&quot;|.onnx"')
    expect(xml.match(/<testcase/g)).toHaveLength(3)
    expect(junitXml(card, judged, true)).toContain('failures="2" errors="0" skipped="0"')
  })

  it('are Markdown that a name cannot break out of', () => {
    const summary = stepSummary(card, gates('cleanAccuracy=0.8'))
    expect(summary).toContain('| clean accuracy | 90.0 % |')
    expect(summary).toContain('✅ pass')
    expect(summary).not.toMatch(/a<b>|"\|\.onnx/)
  })
})
