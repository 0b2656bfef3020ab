import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import type { Certificate, CertifiedSample } from '../record/index.js'
import { renderCertificates } from './index.js'

const samples: CertifiedSample[] = Array.from({ length: 20 }, (_, i) => ({
  index: 10 * i,
  label: i % 2,
  prediction: i < 3 ? -1 : i === 7 ? 0 : i % 2,
  radius: i < 3 ? 0 : i / 20,
  correct: i >= 3 && i !== 7,
}))

const certificate: Certificate = {
  ...{ schema: 'temper.certificate/1', version: '0.1.0', seed: 3, device: 'cpu', threads: 2 },
  model: { file: 'models/cnn.onnx', sha256: 'ab'.repeat(32), parameters: 1234 },
  data: { source: '<photos>', samples: 200, classes: ['cat', 'dog'] },
  ...{ sigma: 0.25, n0: 100, n: 10_000, alpha: 0.001, samples },
  summary: {
    ...{ acr: 0.4375, abstentionRate: 0.15 },
    certifiedAccuracy: [
      { radius: 0, accuracy: 0.8, interval: [0.58, 0.92] },
      { radius: 0.5, accuracy: 0.5, interval: [0.3, 0.7] },
    ],
  },
}

const pageOf = (...names: string[]) =>
  parseHTML(renderCertificates(names.map(name => ({ name, certificate })))).document

describe('the page of a certificate', () => {
  it('has abstentions and radius in its heading, the curve with its interval, the settings', () => {
    const page = pageOf('cnn.onnx')
    expect(page.querySelector('h1')!.textContent).toBe(
      'cnn.onnx abstains on 15.0% of samples; its average certified radius is 0.4375',
    )
    expect(page.querySelectorAll('svg.chart [aria-label="area"] path')).toHaveLength(1)
    const text = page.body.textContent!
    for (const said of ['<photos>', 'radius 0.5', '30.0 to 70.0%', '10,000', 'pixels from 0 to 1'])
      expect(text).toContain(said)
    expect(JSON.parse(page.getElementById('temper-data')!.textContent!).certificates).toEqual([
      certificate,
    ])
  })

  it('lists the surest samples, the least sure and the wrong ones by the names of their classes', () => {
    const tables = [...pageOf('a').querySelectorAll('table')].slice(1, 4)
    const firstRows = tables.map(t => t.querySelector('tbody tr')!.textContent)
    expect(firstRows).toEqual(['190dogdog0.95', '30dogdog0.15', '70cat, wrongdog0.35'])
  })

  it('draws several in one figure, in columns side by side', () => {
    const page = pageOf('a', 'b')
    expect(page.querySelectorAll('svg.chart')).toHaveLength(1)
    expect(page.querySelectorAll('svg.chart [aria-label="line"] path')).toHaveLength(2)
    expect(page.querySelector('thead tr')!.children).toHaveLength(3)
  })

  it('is refused without one', () => {
    expect(() => renderCertificates([])).toThrow(/at least one certificate/)
  })
})
