import * as Plot from '@observablehq/plot'
import { type Axis, type Frame, isFinitePoint, plotted, scaleOf } from './plotted.js'

export interface LinePoint {
  readonly x: number
  readonly y: number
  /** Ends of the interval drawn as a band. */
  readonly low?: number
  readonly high?: number
  /** Shown on hovering; default: x and y. */
  readonly title?: string
}

export interface Line {
  readonly name: string
  /** Any CSS colour, `var(--series-1)` for instance. */
  readonly color: string
  /** SVG dash pattern, so that lines differ without colour. */
  readonly dash?: string
  /** Holds each value until the next point. */
  readonly step?: boolean
  /** Dots at the points; default: yes. */
  readonly dots?: boolean
  /** Whether the points are joined; default: yes. */
  readonly joined?: boolean
  readonly points: readonly LinePoint[]
}

/** A line across the figure: horizontal at `y`, or vertical at `x`. */
export interface Reference {
  readonly x?: number
  readonly y?: number
  readonly color?: string
  readonly dash?: string
  readonly title: string
  /** A letter or two written at a vertical line. */
  readonly mark?: string
}

export interface LineChart extends Frame {
  readonly lines: readonly Line[]
  readonly x: Axis
  readonly y: Axis
  readonly references?: readonly Reference[]
}

/** Lines over a common axis, each with its band where points carry an interval. */
export function lineChart(chart: LineChart): SVGSVGElement {
  const lines = chart.lines.map(line => ({ ...line, points: line.points.filter(isFinitePoint) }))
  return plotted(chart, { x: scaleOf(chart.x), y: { ...scaleOf(chart.y), grid: true } }, [
    ...(chart.references ?? []).flatMap(referenceMarks),
    ...lines.map(band),
    ...lines.filter(line => line.joined !== false).map(stroke),
    ...lines.filter(line => line.dots !== false).map(dots),
  ])
}

const curveOf = (line: Line) => (line.step ? 'step-after' : 'linear')

function band(line: Line): Plot.Markish {
  const points = line.points.filter(p => Number.isFinite(p.low) && Number.isFinite(p.high))
  return Plot.areaY(points, {
    x: 'x',
    y1: 'low',
    y2: 'high',
    fill: line.color,
    fillOpacity: 0.16,
    curve: curveOf(line),
  })
}

function stroke(line: Line): Plot.Markish {
  return Plot.lineY(line.points, {
    x: 'x',
    y: 'y',
    stroke: line.color,
    strokeWidth: 1.8,
    strokeDasharray: line.dash,
    curve: curveOf(line),
  })
}

function dots(line: Line): Plot.Markish {
  const title = (p: LinePoint) => p.title ?? `${line.name}: ${p.x}, ${p.y}`
  return Plot.dot(line.points, { x: 'x', y: 'y', r: 2.4, fill: line.color, title })
}

function referenceMarks(reference: Reference): Plot.Markish[] {
  const { x, y, color = 'currentColor', dash = '2 3', title, mark } = reference
  const style = { stroke: color, strokeDasharray: dash, strokeOpacity: 0.75, title: () => title }
  if (y !== undefined) return [Plot.ruleY([y], style)]
  const text = Plot.text([x], { x: x => x, frameAnchor: 'top', dy: -8, text: () => mark ?? '' })
  return [Plot.ruleX([x], style), text]
}
