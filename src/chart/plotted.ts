import * as Plot from '@observablehq/plot'

/** What every chart is told. */
export interface Frame {
  /** The page's document, or linkedom's on a server. */
  readonly document: Document
  /** In pixels; the figure shrinks with its place. */
  readonly width?: number
  readonly height?: number
  /** What the figure is, in a few words. */
  readonly label: string
  /** What it shows, in a sentence or two, for those who cannot see it. */
  readonly description?: string
}

export interface Axis {
  readonly label: string
  readonly domain?: readonly [number, number]
  /** Where ticks stand; default: about five round values. */
  readonly ticks?: readonly number[]
  /** `percent` shows 0.5 as 50%. */
  readonly format?: 'percent' | 'number' | ((value: number) => string)
  readonly log?: boolean
  /** Whether the axis begins at 0; default: where the values do. */
  readonly zero?: boolean
}

/** Draws marks in the house style: one class, no inline style sheet, an accessible name. */
export function plotted(
  frame: Frame,
  options: Plot.PlotOptions,
  marks: readonly Plot.Markish[],
): SVGSVGElement {
  const { document, width = 340, height = 220, label, description } = frame
  const svg = Plot.plot({
    document,
    width,
    height,
    className: 'chart',
    ariaLabel: label,
    ariaDescription: description,
    marginLeft: 44,
    marginTop: 26,
    marginRight: 14,
    marginBottom: 36,
    ...options,
    marks: [...marks],
  }) as unknown as SVGSVGElement
  for (const sheet of Array.from(svg.querySelectorAll('style'))) sheet.remove()
  svg.setAttribute('role', 'img')
  return svg
}

/** The scale and axis options of one axis. */
export function scaleOf(axis: Axis): Plot.ScaleOptions {
  const { label, domain, ticks, format = 'number', log, zero } = axis
  return {
    label,
    ...(domain && { domain: [...domain] }),
    ticks: ticks ? [...ticks] : 5,
    tickFormat:
      format === 'percent' ? (v: number) => `${Number((v * 100).toFixed(1))}%` : formatOf(format),
    ...(zero && { zero: true }),
    ...(log && { type: 'log' as const }),
  }
}

function formatOf(format: 'number' | ((value: number) => string)) {
  return format === 'number' ? shortNumber : format
}

/** 0.25, 1200, 2e-4 */
function shortNumber(value: number): string {
  const rounded = Number(value.toPrecision(4))
  return rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded)
}

export const isFinitePoint = (point: { readonly x: number; readonly y: number }) =>
  Number.isFinite(point.x) && Number.isFinite(point.y)
