export { readRecording } from './codecs/audio.js'
export {
  listSampleFiles,
  mediaOf,
  readSampleFile,
  type SampleFile,
} from './codecs/one-file.js'
export { wavFile } from './codecs/wav-file.js'
export { type Dataset, physicalRange, type SampleKind } from './dataset.js'
export { checkData, type DataHealth, type Findings } from './health/check.js'
export { findLabelIssues, type LabelIssue, type LabelIssues } from './health/label-issues.js'
export { findLeaks, type Leaks } from './health/leaks.js'
export { formats } from './layouts/formats.js'
export type { Format } from './layouts/place.js'
export { noiseFolder } from './layouts/speech-commands.js'
export { builtIns, openData } from './open.js'
export type { DataOptions, PhysicalOptions } from './options.js'
export { type Batch, type BatchOptions, batches, batchesPerEpoch } from './sampling/batches.js'
export { everyKth, first, limit } from './sampling/choose.js'
export { channelMoments, featureDeviations } from './sampling/deviations.js'
export { inClasses } from './sampling/in-classes.js'
export { type Easiest, epochOrder } from './sampling/order.js'
export { type BadSample, badSamples, onlyReadable } from './sampling/readable.js'
export { type SplitOptions, splitBy } from './sampling/split-by.js'
export { cacheFolder } from './sources/cache.js'
export { type MemorySource, memoryDataset } from './sources/memory.js'
export { type Recording, readRecordings } from './sources/recordings.js'
export { subset } from './sources/subset.js'
export { type SpokenDigitsOptions, writeSpokenDigits } from './speech/spoken-digits.js'
