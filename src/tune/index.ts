export { FarPool } from './far-pool.js'
export { type Objective, objectiveNames } from './objectives.js'
export { localPool } from './pool.js'
export { type SamplerName, samplers } from './sampler/index.js'
export type { SettingsRequest } from './settings-for.js'
export type { Entry, StudyEntry } from './study/entries.js'
export type { Carrier, CarrierContext, Job } from './study/job.js'
export {
  recipeOf,
  type Stopping,
  type StudySettings,
  stoppings,
  studyId,
} from './study/settings.js'
export { StudyState } from './study/state.js'
export {
  type ResumeStudyOptions,
  resumeStudy,
  type TuneEvent,
  type TuneOptions,
  type TuneResult,
  tune,
} from './tune.js'
