import * as Plot from '@observablehq/plot'
import { type Frame, plotted } from './plotted.js'

export interface HeatCell {
  readonly row: string
  readonly column: string
  /** How strongly the cell is coloured, from 0 to 1. */
  readonly heat: number
  /** What is written in the cell. */
  readonly text: string
  readonly title?: string
}

export interface HeatMap extends Frame {
  readonly cells: readonly HeatCell[]
  readonly columnLabel: string
  /** Any CSS colour; cells take it at up to 60 % opacity, so that text on them stays readable. */
  readonly color: string
  readonly labelWidth?: number
}

/** A grid of cells that print their value and are coloured by it. */
export function heatMap(chart: HeatMap): SVGSVGElement {
  const rows = [...new Set(chart.cells.map(cell => cell.row))]
  const columns = [...new Set(chart.cells.map(cell => cell.column))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
  const place = { x: 'column', y: 'row' } as const
  const strongest = 0.6
  return plotted(
    { ...chart, height: chart.height ?? 46 + rows.length * 24 },
    {
      x: { domain: columns, label: chart.columnLabel, axis: 'top', tickSize: 0, padding: 0.04 },
      y: { domain: rows, label: null, tickSize: 0, padding: 0.08 },
      marginLeft: chart.labelWidth ?? 130,
      marginTop: 40,
      marginBottom: 6,
    },
    [
      Plot.cell(chart.cells, { ...place, fill: 'currentColor', fillOpacity: 0.04 }),
      Plot.cell(chart.cells, {
        ...place,
        fill: chart.color,
        fillOpacity: (cell: HeatCell) => strongest * Math.min(1, Math.max(0, cell.heat || 0)),
        title: (cell: HeatCell) => cell.title ?? `${cell.row}, ${cell.column}: ${cell.text}`,
      }),
      Plot.text(chart.cells, { ...place, text: 'text', pointerEvents: 'none' }),
    ],
  )
}
