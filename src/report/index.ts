export { type NamedCertificate, renderCertificates } from './certificate-report.js'
export type {
  Comparison,
  Difference,
  Prediction,
  ReportInput,
  ReportRun,
  SampleCell,
  SampleRow,
  SampleStrip,
} from './input.js'
export { renderReport } from './report.js'
