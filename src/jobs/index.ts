export { type JobOptions, runJob } from './run.js'
