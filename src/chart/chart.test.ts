import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import {
  barChart,
  heatMap,
  lineChart,
  parallelCoordinates,
  reliabilityDiagram,
  scatterChart,
} from './index.js'

const { document } = parseHTML('<!doctype html><html><body></body></html>')
const frame = { document, label: 'A figure', description: 'What it shows.' }
const percent = { label: 'Accuracy', domain: [0, 1], format: 'percent' } as const

const line = (points: { x: number; y: number; low?: number; high?: number }[]) =>
  lineChart({
    ...frame,
    x: { label: 'sigma' },
    y: percent,
    lines: [{ name: 'plain', color: 'var(--series-1)', dash: '4 3', points }],
  })

const charts: [string, SVGSVGElement][] = [
  [
    'line',
    line([
      { x: 0, y: 0.9, low: 0.8, high: 1 },
      { x: 1, y: 0.5, low: 0.4, high: 0.6 },
    ]),
  ],
  [
    'bar',
    barChart({
      ...frame,
      x: percent,
      bars: [
        {
          group: 'shirt',
          name: 'plain',
          color: 'var(--series-1)',
          value: 0.4,
          low: 0.3,
          high: 0.5,
        },
      ],
    }),
  ],
  [
    'heat map',
    heatMap({
      ...frame,
      columnLabel: 'Severity',
      color: 'var(--heat)',
      cells: [{ row: 'fog', column: '1', heat: 0.5, text: '71' }],
    }),
  ],
  [
    'reliability',
    reliabilityDiagram({
      ...frame,
      series: [
        {
          name: 'plain',
          color: 'var(--series-1)',
          bins: [
            { confidence: 0.9, accuracy: 0.7, samples: 90 },
            { confidence: 0.2, accuracy: 0, samples: 0 },
          ],
        },
      ],
    }),
  ],
  [
    'scatter',
    scatterChart({
      ...frame,
      x: percent,
      y: percent,
      groups: [
        {
          name: 'front',
          color: 'var(--series-2)',
          symbol: 'diamond',
          joined: true,
          points: [
            { x: 0.2, y: 0.9, mark: '3' },
            { x: Number.NaN, y: 0.5 },
            { x: 0.6, y: 0.4, title: 'trial 4' },
          ],
        },
        { name: 'stopped', color: 'var(--soft)', symbol: 'times', points: [{ x: 0.1, y: 0.2 }] },
      ],
    }),
  ],
  [
    'parallel',
    parallelCoordinates({
      ...frame,
      dimensions: ['sigma', 'alpha', 'accuracy'].map(name => ({
        name,
        ticks: [
          { at: 0, text: 'low' },
          { at: 1, text: 'high' },
        ],
      })),
      lines: [
        { name: 'trial 0', color: 'var(--series-1)', places: [0, 0.5, 1] },
        { name: 'trial 1', color: 'var(--soft)', places: [undefined, 0.5, undefined] },
      ],
    }),
  ],
]

describe.each(charts)('the %s chart', (_, svg) => {
  const text = svg.outerHTML
  it('has a role, a label and a description', () => {
    expect(svg.getAttribute('role')).toBe('img')
    expect(svg.getAttribute('aria-label')).toBe('A figure')
    expect(svg.getAttribute('aria-description')).toBe('What it shows.')
  })

  it('is drawn in CSS colours, without a style sheet, an address or a NaN', () => {
    expect(text).toMatch(/var\(--|currentColor/)
    expect(text).not.toMatch(/<style|href|NaN|undefined|Infinity/)
    expect(text).toContain('<title>')
  })

  it('is the same every time', () => {
    expect(text).not.toMatch(/plot-[0-9a-z]{6}/)
  })
})

it('draws a band where points carry intervals', () => {
  expect(
    line([
      { x: 0, y: 0.5 },
      { x: 1, y: 0.5 },
    ]).querySelector('[aria-label=area] path'),
  ).toBeNull()
  expect(charts[0][1].querySelector('[aria-label=area] path')).not.toBeNull()
})

it('leaves out what is no finite number', () => {
  const svg = line([
    { x: 0, y: 0.9 },
    { x: 1, y: Number.NaN },
    { x: 2, y: 0.5 },
  ])
  expect(svg.querySelectorAll('[aria-label=dot] path, [aria-label=dot] circle')).toHaveLength(2)
  expect(svg.outerHTML).not.toContain('NaN')
})

it('escapes what it is given', () => {
  const hostile = '"><img src=x onerror=alert(1)></svg><script>alert(1)</script>'
  const bars = [{ group: hostile, name: hostile, color: 'red', value: 1, title: hostile }]
  const svg = barChart({ ...frame, label: hostile, x: { label: hostile }, bars })
  const page = parseHTML(`<!doctype html><html><body>${svg.outerHTML}</body></html>`).document
  expect(page.querySelectorAll('img, script')).toHaveLength(0)
  expect(page.querySelector('svg')?.getAttribute('aria-label')).toBe(hostile)
})

it('joins the points of a front and marks them', () => {
  const svg = charts.find(([name]) => name === 'scatter')![1]
  expect(svg.querySelectorAll('[aria-label=dot] path')).toHaveLength(3)
  expect(svg.querySelectorAll('[aria-label=line] path')).toHaveLength(1)
  expect(svg.textContent).toContain('trial 4')
})

it('shows a value between two missing ones as a dot', () => {
  const svg = charts.find(([name]) => name === 'parallel')![1]
  const dots = svg.querySelectorAll('[aria-label=dot] circle, [aria-label=dot] path')
  expect(dots).toHaveLength(1)
})
