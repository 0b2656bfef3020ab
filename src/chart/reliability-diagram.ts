import * as Plot from '@observablehq/plot'
import { type Frame, plotted, scaleOf } from './plotted.js'

/** One bin of confidence. */
export interface ReliabilityPoint {
  readonly confidence: number
  readonly accuracy: number
  readonly samples: number
}

export interface ReliabilityDiagram extends Frame {
  readonly series: readonly {
    readonly name: string
    readonly color: string
    readonly dash?: string
    readonly bins: readonly ReliabilityPoint[]
  }[]
}

/** Accuracy against confidence; on the diagonal a model is as right as it is sure. Dots grow with their samples. */
export function reliabilityDiagram(chart: ReliabilityDiagram): SVGSVGElement {
  const width = chart.width ?? 300
  const share = {
    domain: [0, 1] as const,
    format: 'percent' as const,
    ticks: [0, 0.25, 0.5, 0.75, 1],
  }
  return plotted(
    { ...chart, width, height: chart.height ?? width },
    {
      x: scaleOf({ label: 'Confidence', ...share }),
      y: { ...scaleOf({ label: 'Accuracy', ...share }), grid: true },
      r: { range: [1.5, 7] },
    },
    [
      Plot.line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: 'currentColor', strokeWidth: 1, strokeOpacity: 0.35 },
      ),
      ...chart.series.flatMap(({ name, color, dash, bins }) => {
        const filled = bins.filter(bin => bin.samples > 0)
        const place = { x: 'confidence', y: 'accuracy' } as const
        return [
          Plot.line(filled, { ...place, stroke: color, strokeDasharray: dash, strokeWidth: 1.6 }),
          Plot.dot(filled, {
            ...place,
            r: 'samples',
            fill: color,
            fillOpacity: 0.75,
            title: bin =>
              `${name}: ${bin.samples} samples, confidence ${(bin.confidence * 100).toFixed(1)}%, accuracy ${(bin.accuracy * 100).toFixed(1)}%`,
          }),
        ]
      }),
    ],
  )
}
