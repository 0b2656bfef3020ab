export type {
  Comparison,
  Difference,
  PlannedSchedule,
  Prediction,
  ReportInput,
  ReportRun,
  SampleCell,
  SampleRow,
  SampleStrip,
} from './input.js'
export { type ImageData3, pngDataUrl } from './png.js'
export { renderReport } from './report.js'
export { type Sound, wavDataUrl } from './wav.js'
