export { type Bar, type BarChart, barChart } from './bar-chart.js'
export { type HeatCell, type HeatMap, heatMap } from './heat-map.js'
export {
  type Line,
  type LineChart,
  type LinePoint,
  lineChart,
  type Reference,
} from './line-chart.js'
export {
  type ParallelCoordinates,
  type ParallelDimension,
  type ParallelLine,
  parallelCoordinates,
} from './parallel-coordinates.js'
export type { Axis, Frame } from './plotted.js'
export {
  type ReliabilityDiagram,
  type ReliabilityPoint,
  reliabilityDiagram,
} from './reliability-diagram.js'
export {
  type ScatterChart,
  type ScatterGroup,
  type ScatterPoint,
  scatterChart,
} from './scatter-chart.js'
