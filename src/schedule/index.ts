export { type DrawForm, type Drawing, draws } from './draws.js'
export type { Curve, Form, LevelUnit, ScheduleContext, Span } from './form.js'
export { type ScheduleName, scheduleSchema, schedules } from './forms.js'
export { type Level, levelSchema, parseLevel } from './level.js'
export {
  type Plotted,
  plotSchedule,
  type TraceOptions,
  type TracePoint,
  traceSchedule,
} from './plot.js'
export {
  type ParsedSchedule,
  parseSchedule,
  type Schedule,
  sampleSchedule,
  withTables,
} from './schedule.js'
export type { DrawSpec, LevelSpec, ScheduleSpec } from './spec.js'
export { expecting, keyedUnion, pickedUnion, shown, strictForm, timeSchema } from './strict.js'
export { formatSchedule } from './text.js'
export { parseWindow, type Window, type WindowSpec, windowFields } from './window.js'
