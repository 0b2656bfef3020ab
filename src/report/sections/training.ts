import {
  type Headline,
  html,
  type Numbering,
  type Section,
  tellsAnything,
  trainingFigures,
} from '../../page/index.js'
import type { ReportRun } from '../input.js'
import type { Model } from '../models.js'

/** What training did, where the runs are known; a run keeps the look of the model of its name. */
export function trainingSection(
  runs: readonly ReportRun[],
  models: readonly Model[],
  headline: Headline,
  numbering: Numbering,
): Section | undefined {
  const told = runs.filter(tellsAnything)
  if (told.length === 0) return undefined
  const looks = told.map(
    (run, i) => models.find(({ name }) => name === run.name) ?? models[i % models.length],
  )
  return { title: 'Training', body: html`${trainingFigures(told, looks, headline, numbering)}` }
}
