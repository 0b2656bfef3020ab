import * as Plot from '@observablehq/plot'
import { type Axis, type Frame, plotted, scaleOf } from './plotted.js'

export interface Bar {
  /** What the bar stands for; bars of one group stand together. */
  readonly group: string
  readonly name: string
  readonly color: string
  readonly value: number
  readonly low?: number
  readonly high?: number
  readonly title?: string
}

export interface BarChart extends Frame {
  readonly bars: readonly Bar[]
  readonly x: Axis
  /** Room for the names of the groups, in pixels. */
  readonly labelWidth?: number
}

/** Horizontal bars, grouped, with a line over each that carries an interval; 18 pixels a bar by default. */
export function barChart(chart: BarChart): SVGSVGElement {
  const bars = chart.bars.filter(bar => Number.isFinite(bar.value))
  const groups = [...new Set(bars.map(bar => bar.group))]
  const names = [...new Set(bars.map(bar => bar.name))]
  const height = chart.height ?? 62 + groups.length * (names.length * 12 + 8)
  const place = { y: 'name', fy: 'group' } as const
  return plotted(
    { ...chart, height },
    {
      x: { ...scaleOf(chart.x), grid: true },
      y: { domain: names, axis: null },
      fy: { domain: groups, label: null, axis: 'left' },
      marginLeft: chart.labelWidth ?? 96,
    },
    [
      Plot.barX(bars, {
        ...place,
        x: 'value',
        fill: (bar: Bar) => bar.color,
        fillOpacity: 0.8,
        title: (bar: Bar) => bar.title ?? `${bar.group}, ${bar.name}: ${bar.value}`,
      }),
      Plot.ruleY(
        bars.filter(bar => Number.isFinite(bar.low) && Number.isFinite(bar.high)),
        {
          ...place,
          x1: 'low',
          x2: 'high',
          stroke: 'currentColor',
        },
      ),
      Plot.ruleX([0]),
    ],
  )
}
