import * as Plot from '@observablehq/plot'
import { type Axis, type Frame, isFinitePoint, plotted, scaleOf } from './plotted.js'

export interface ScatterPoint {
  readonly x: number
  readonly y: number
  /** Shown on hovering; default: x and y. */
  readonly title?: string
  /** A few letters written beside the point. */
  readonly mark?: string
}

export interface ScatterGroup {
  readonly name: string
  /** Any CSS colour. */
  readonly color: string
  /** Groups differ by shape, not by colour alone. */
  readonly symbol: 'circle' | 'times' | 'star' | 'diamond' | 'square'
  /** In pixels; default 3.5. */
  readonly radius?: number
  /** A line through the points from left to right, in steps as a front is. */
  readonly joined?: boolean
  readonly points: readonly ScatterPoint[]
}

export interface ScatterChart extends Frame {
  readonly groups: readonly ScatterGroup[]
  readonly x: Axis
  readonly y: Axis
}

/** Points of several groups over two measures; later groups lie over earlier ones. */
export function scatterChart(chart: ScatterChart): SVGSVGElement {
  const groups = chart.groups.map(group => ({
    ...group,
    points: group.points.filter(isFinitePoint),
  }))
  const x = { ...scaleOf(chart.x), grid: true, inset: 8 }
  const y = { ...scaleOf(chart.y), grid: true, inset: 8 }
  return plotted(chart, { x, y }, [
    ...groups.filter(group => group.joined).map(front),
    ...groups.map(dots),
    ...groups.map(marks),
  ])
}

function front({ points, color }: ScatterGroup): Plot.Markish {
  const ordered = [...points].sort((a, b) => a.x - b.x)
  return Plot.lineY(ordered, { x: 'x', y: 'y', stroke: color, strokeWidth: 1.4, curve: 'linear' })
}

function dots({ name, points, color, symbol, radius = 3.5 }: ScatterGroup): Plot.Markish {
  const isLined = symbol === 'times'
  return Plot.dot(points, {
    x: 'x',
    y: 'y',
    r: radius,
    symbol,
    fill: isLined ? 'none' : color,
    stroke: isLined ? color : 'var(--paper)',
    strokeWidth: isLined ? 1.3 : 0.8,
    title: (point: ScatterPoint) => point.title ?? `${name}: ${point.x}, ${point.y}`,
  })
}

function marks({ points }: ScatterGroup): Plot.Markish {
  return Plot.text(
    points.filter(point => point.mark !== undefined),
    {
      x: 'x',
      y: 'y',
      dx: 7,
      dy: -7,
      textAnchor: 'start',
      text: (p: ScatterPoint) => p.mark,
      fill: 'currentColor',
    },
  )
}
