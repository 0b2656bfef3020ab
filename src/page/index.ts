export { serverDocument } from './document.js'
export { type Headline, headlineOf } from './headline.js'
export { type Html, html, jsonBlock, trusted } from './html.js'
export { chartHtml, legend, Numbering, type Section, swatch } from './layout.js'
export { type Look, lookOf } from './looks.js'
export { type PlannedSchedule, plannedSchedules } from './planned.js'
export { type Picture, png, pngDataUrl } from './png.js'
export { contents, sectionHtml, wholePage } from './shell.js'
export { style } from './style.js'
export { type ToldRun, tellsAnything, trainingFigures } from './training.js'
export { type Sound, wav, wavDataUrl, wavePath } from './wav.js'
export {
  clipWords,
  conditionWords,
  count,
  intervalWords,
  levelLabel,
  levelWords,
  listed,
  noiseName,
  none,
  percent,
  plain,
  points,
} from './words.js'
