import * as Plot from '@observablehq/plot'
import { type Frame, plotted } from './plotted.js'

/** One upright axis. */
export interface ParallelDimension {
  readonly name: string
  /** Places from 0 (bottom) to 1 with what is written there. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
}

/** One line across the axes. */
export interface ParallelLine {
  readonly name: string
  readonly color: string
  /** Default 1. */
  readonly width?: number
  readonly opacity?: number
  readonly title?: string
  /** From 0 to 1, one a dimension; undefined where it has none, and the line is broken there. */
  readonly places: readonly (number | undefined)[]
}

export interface ParallelCoordinates extends Frame {
  readonly dimensions: readonly ParallelDimension[]
  /** Later lines lie over earlier ones. */
  readonly lines: readonly ParallelLine[]
}

interface Place {
  readonly name: string
  readonly at: number
}

/** Every line a trial, every axis a parameter or a measure; names stand slanted below. */
export function parallelCoordinates(chart: ParallelCoordinates): SVGSVGElement {
  const names = chart.dimensions.map(({ name }) => name)
  const options = {
    x: { type: 'point' as const, domain: names, label: null, tickRotate: -32, tickSize: 0 },
    y: { domain: [0, 1], axis: null },
    marginLeft: 70,
    marginRight: 56,
    marginBottom: 110,
  }
  return plotted(chart, options, [
    Plot.ruleX(names, { stroke: 'currentColor', strokeOpacity: 0.35 }),
    ...chart.lines.flatMap(line => strokes(line, names)),
    ...chart.dimensions.map(labels),
  ])
}

function strokes(line: ParallelLine, names: readonly string[]): Plot.Markish[] {
  const { color, width = 1, opacity = 1, title, name } = line
  const places = names.map((at, i) => ({ name: at, at: line.places[i] ?? Number.NaN }))
  const style = {
    stroke: color,
    strokeWidth: width,
    strokeOpacity: opacity,
    curve: 'bump-x' as const,
  }
  return [
    Plot.line(places, { x: 'name', y: 'at', ...style, title: () => title ?? name }),
    // A value between two that are missing has no line to show it.
    Plot.dot(places.filter(isAlone), {
      x: 'name',
      y: 'at',
      r: 1.6,
      fill: color,
      fillOpacity: opacity,
    }),
  ]
}

function isAlone({ at }: Place, i: number, places: readonly Place[]): boolean {
  const isMissing = (place: Place | undefined) => !place || !Number.isFinite(place.at)
  return Number.isFinite(at) && isMissing(places[i - 1]) && isMissing(places[i + 1])
}

function labels({ name, ticks }: ParallelDimension): Plot.Markish {
  return Plot.text(ticks, {
    x: () => name,
    y: 'at',
    text: 'text',
    dx: -4,
    textAnchor: 'end',
    fill: 'currentColor',
    stroke: 'var(--paper)',
    strokeWidth: 3,
    fontSize: 10,
  })
}
