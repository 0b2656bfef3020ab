import { type Line, lineChart, reliabilityDiagram } from '../../chart/index.js'
import {
  chartHtml,
  clipWords,
  conditionWords,
  type Headline,
  type Html,
  html,
  legend,
  levelWords,
  listed,
  type Numbering,
  noiseName,
  percent,
  type Section,
  serverDocument,
} from '../../page/index.js'
import { type Model, noiseGroups, worstOf } from '../models.js'

/** Whether models know when they are wrong: ECE as noise grows, and reliability clean and at the worst. */
export function calibrationSection(
  models: readonly Model[],
  headline: Headline,
  numbering: Numbering,
): Section | undefined {
  if (!models.some(({ card }) => card.clean.ece !== undefined)) return undefined
  const figures = [
    ...models.flatMap(model => reliabilityFigure(model, headline, numbering)),
    ...(noiseGroups(models).length > 6 ? [] : eceFigures(models, numbering)),
  ]
  return {
    title: 'Does it know when it is wrong?',
    body: html`<p>A calibrated model that is 80% sure is right in 80 of 100 cases. The expected calibration error (ECE, 15 bins of confidence) is the mean gap between the two.</p>${legend(models)}<div class="figures">${figures}</div>${noiseGroups(models).length > 6 && html`<p class="note">The ECE of every condition stands in the table of conditions.</p>`}`,
  }
}

function reliabilityFigure(model: Model, headline: Headline, numbering: Numbering): Html[] {
  const { clean } = model.card
  const worst = worstOf(model.card, headline)
  const noisy = worst?.measures.reliability
  if (!clean.reliability && !noisy) return []
  const series = [
    { name: 'clean', color: 'var(--soft)', dash: '2 3', bins: clean.reliability ?? [] },
    { name: 'noisy', color: model.color, dash: undefined, bins: noisy ?? [] },
  ].filter(({ bins }) => bins.length > 0)
  const svg = reliabilityDiagram({
    document: serverDocument(),
    label: `Reliability of ${model.name}`,
    description: `Accuracy against confidence, clean (ECE ${percent(clean.ece)}) and noisy (ECE ${percent(worst?.measures.ece)}).`,
    series,
  })
  const noisyWords =
    worst && noisy
      ? ` Coloured: its worst condition, ${noiseName(worst)}, ${conditionWords(worst)} (ECE ${percent(worst.measures.ece)}).`
      : ''
  return [
    numbering.figure(
      chartHtml(svg),
      html`Reliability of ${model.name}. Grey and dotted: clean (ECE ${percent(clean.ece)}).${noisyWords} Below the diagonal it is surer than it is right; dots grow with their samples.`,
      'square',
    ),
  ]
}

/** ECE over severity, one figure a kind of noise that has it at several strengths. */
function eceFigures(models: readonly Model[], numbering: Numbering): Html[] {
  return noiseGroups(models).flatMap(({ first, conditions }) => {
    const lines = models.map(
      (model, i): Line => ({
        ...model,
        points: [
          {
            x: 0,
            y: model.card.clean.ece ?? Number.NaN,
            title: `${model.name}, clean: ${percent(model.card.clean.ece)}`,
          },
          ...conditions[i].map((condition, position) => ({
            x: condition.severity ?? position + 1,
            y: condition.measures.ece ?? Number.NaN,
            title: `${model.name}, ${conditionWords(condition)}: ${percent(condition.measures.ece)}`,
          })),
        ],
      }),
    )
    const longest = conditions.reduce((a, b) => (b.length > a.length ? b : a))
    const known = lines.some(
      line => line.points.slice(1).filter(p => Number.isFinite(p.y)).length > 1,
    )
    if (!known) return []
    const name = noiseName(first)
    const ticks = [0, ...longest.map((condition, position) => condition.severity ?? position + 1)]
    const svg = lineChart({
      document: serverDocument(),
      label: `Calibration error under ${name}`,
      description: models
        .map(
          (model, i) =>
            `${model.name}: ${percent(model.card.clean.ece)} clean, ${listed(conditions[i].map(c => percent(c.measures.ece)))} as the noise grows.`,
        )
        .join(' '),
      x: { label: 'Severity', ticks, format: value => (value === 0 ? 'clean' : String(value)) },
      y: { label: 'ECE', format: 'percent', zero: true },
      height: 180,
      lines,
    })
    const clip = clipWords(first)
    const levels = `${levelWords(longest[0])} to ${levelWords(longest.at(-1)!)}`
    return [
      numbering.figure(
        chartHtml(svg),
        html`Calibration error under ${name}, ${levels}${clip && `; values ${clip}`}.`,
      ),
    ]
  })
}
