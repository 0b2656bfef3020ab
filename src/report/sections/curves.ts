import { type Line, type LinePoint, lineChart } from '../../chart/index.js'
import {
  chartHtml,
  clipWords,
  conditionWords,
  count,
  type Headline,
  type Html,
  html,
  intervalWords,
  legend,
  levelLabel,
  listed,
  type Numbering,
  noiseName,
  type Section,
  serverDocument,
} from '../../page/index.js'
import type { Condition } from '../../record/index.js'
import { type Model, type NoiseGroup, noiseGroups } from '../models.js'

/** One small figure a kind of noise: how the headline measure falls as the noise grows. */
export function curvesSection(
  models: readonly Model[],
  headline: Headline,
  numbering: Numbering,
): Section | undefined {
  const groups = noiseGroups(models).filter(group => group.conditions.some(list => list.length > 1))
  if (groups.length === 0) return undefined
  const figures = groups.map(group =>
    curveFigure(group, models, headline, numbering, groups.length > 6),
  )
  return {
    title: `${headline.label} as the noise grows`,
    body: html`<p>Each band is a 95% interval; each dotted line is what the same model reaches on clean samples.</p>${legend(models)}<div class="figures ${groups.length > 6 && 'small'}">${figures}</div>`,
  }
}

function curveFigure(
  group: NoiseGroup,
  models: readonly Model[],
  headline: Headline,
  numbering: Numbering,
  small: boolean,
): Html {
  const place = axisOf(group)
  const lines = models.map(
    (model, i): Line => ({
      ...model,
      points: [
        ...(place.clean === undefined ? [] : cleanPoint(model, headline, place.clean)),
        ...group.conditions[i].map(c => pointOf(c, model, headline, place.x(c))),
      ],
    }),
  )
  const name = noiseName(group.first)
  const svg = lineChart({
    document: serverDocument(),
    label: `${headline.label} under ${name}`,
    description: describe(group, models, headline),
    ...(small && { width: 270, height: 180 }),
    x: { label: place.label, ticks: place.ticks, format: place.format },
    y: {
      label: headline.label,
      format: headline.axis,
      ...(headline.axis === 'percent' && { domain: [0, 1] as const }),
    },
    lines,
    references: models.flatMap(model => {
      const y = headline.value(model.card.clean)
      const title = `${model.name}, clean: ${headline.format(y)}`
      return y === undefined ? [] : [{ y, color: model.color, dash: '1 4', title }]
    }),
  })
  return numbering.figure(chartHtml(svg), captionOf(group, models))
}

interface Place {
  readonly label: string
  readonly x: (condition: Condition) => number
  /** Where the clean point stands, if the axis has a place for it. */
  readonly clean?: number
  readonly ticks?: readonly number[]
  readonly format?: 'percent' | ((value: number) => string)
}

/** Levels where they are numbers that all differ, else severities with the clean point at 0. */
function axisOf({ conditions, first }: NoiseGroup): Place {
  const all = conditions.flat()
  const levels = conditions.every(
    list =>
      list.every(c => typeof c.level === 'number') &&
      new Set(list.map(c => c.level)).size === list.length,
  )
  const { levelName = 'level', identity } = first
  if (levels)
    return {
      label: levelName.endsWith('Db') ? `${levelLabel(levelName)} (dB)` : levelName,
      x: condition => condition.level as number,
      clean: nearBy(identity, all),
      ...(levelName === 'relative' && { format: 'percent' as const }),
    }
  const severities = [...new Set(all.map(c => c.severity ?? 0))].sort((a, b) => a - b)
  return {
    label: 'Severity',
    x: condition => condition.severity ?? Number.NaN,
    clean: 0,
    ticks: [0, ...severities],
    format: value => (value === 0 ? 'clean' : String(value)),
  }
}

/** The identity, unless it lies so far from the levels that they would be pushed together. */
function nearBy(identity: number | undefined, conditions: readonly Condition[]) {
  const levels = conditions.map(({ level }) => level as number)
  const [low, high] = [Math.min(...levels), Math.max(...levels)]
  if (identity === undefined) return undefined
  return Math.max(low - identity, identity - high) <= high - low ? identity : undefined
}

function cleanPoint(model: Model, headline: Headline, x: number): LinePoint[] {
  const y = headline.value(model.card.clean)
  if (y === undefined) return []
  const [low, high] = headline.interval(model.card.clean) ?? []
  return [{ x, y, low, high, title: `${model.name}, clean: ${headline.format(y)}` }]
}

function pointOf(condition: Condition, model: Model, headline: Headline, x: number): LinePoint {
  const y = headline.value(condition.measures) ?? Number.NaN
  const interval = headline.interval(condition.measures)
  const range = intervalWords(interval, headline.format)
  const title = `${model.name}, ${conditionWords(condition)}: ${headline.format(y)}${range && ` (${range})`}`
  return { x, y, low: interval?.[0], high: interval?.[1], title }
}

function captionOf({ first, conditions }: NoiseGroup, models: readonly Model[]): Html {
  const name = noiseName(first)
  const clip = clipWords(first)
  const seen = models.filter((_, i) => conditions[i].some(c => c.seen)).map(model => model.name)
  const draws = Math.max(0, ...conditions.flat().map(c => c.draws ?? 1))
  const sizes = [...new Set(models.map(({ card }) => card.data.samples))]
  const parts = [
    clip && `Values ${clip} after the noise.`,
    `n = ${sizes.map(count).join(' and ')}${draws > 1 ? `, mean of ${draws} draws` : ''}.`,
    seen.length > 0 &&
      (models.length === 1
        ? 'Training used this kind of noise.'
        : `Training used this kind of noise for ${listed(seen)}.`),
  ]
  return html`${name[0].toUpperCase()}${name.slice(1)}. ${parts.filter(Boolean).join(' ')}`
}

function describe(group: NoiseGroup, models: readonly Model[], headline: Headline): string {
  return models
    .map((model, i) => {
      const values = group.conditions[i].map(
        c => `${headline.format(headline.value(c.measures))} at ${conditionWords(c)}`,
      )
      const clean = headline.format(headline.value(model.card.clean))
      return `${model.name}: ${clean} clean, ${listed(values)}.`
    })
    .join(' ')
}
