import {
  clipWords,
  count,
  type Headline,
  type Html,
  html,
  listed,
  type Numbering,
  noiseName,
  none,
  plain,
  type Section,
} from '../../page/index.js'
import type { Scorecard } from '../../record/index.js'
import type { ReportInput } from '../input.js'
import { type Model, noiseGroups, unfairness } from '../models.js'

/** How the numbers were made, where everything came from, and what was not tested. */
export function methodSection(
  { command, runs = [] }: ReportInput,
  models: readonly Model[],
  headline: Headline,
  numbering: Numbering,
): Section {
  const plans = runs.filter(run => run.plan !== undefined)
  return {
    title: 'Method and provenance',
    body: html`${how(models)}${terms(headline, models)}${provenance(models, numbering)}${notFinite(models)}${command && html`<p>Made with <code>${command}</code>.</p>`}${plans.map(run => html`<details><summary>The complete plan of ${run.name}</summary><pre>${JSON.stringify(run.plan, null, 2)}</pre></details>`)}`,
  }
}

function how(models: readonly Model[]): Html {
  const { card } = models[0]
  const suites = [
    ...new Set(
      models.map(({ card: { suite } }) => suite.name + (suite.preset ? ` (${suite.preset})` : '')),
    ),
  ]
  const kinds = [...new Set(noiseGroups(models).map(({ first }) => noiseName(first)))]
  const clips = [...new Set(models.flatMap(m => m.card.conditions.map(clipWords)).filter(Boolean))]
  const same = unfairness(models) === ''
  return html`<p>${models.length > 1 ? 'Each model' : 'The model'} answered ${same && models.length > 1 && 'the same '}${count(card.data.samples)} samples of ${card.data.source}, clean and under suite ${listed(suites)}. Every noise value is a function of the seed (${card.seed}), the sample and the draw alone${same && models.length > 1 && ', so all models met exactly the same noise'}. Noise was added in physical units, before any normalisation${clips.length > 0 && `; values after it were ${clips.length === 1 ? clips[0] : `${clips.join(' in some conditions, ')} in others, as each figure says`}`}.</p><p>Tested: ${listed(kinds) || 'nothing but clean samples'}. Nothing here speaks of other kinds of noise, of other data, or of inputs made to deceive.</p>`
}

function terms(headline: Headline, models: readonly Model[]): Html {
  const has = (key: 'ece' | 'auroc') =>
    models.some(
      ({ card }) =>
        card.clean[key] !== undefined || card.conditions.some(c => c.measures[key] !== undefined),
    )
  const list: [string, string][] = [
    headline.key === 'accuracy'
      ? [
          'Accuracy',
          'Share of samples whose most probable class is the true one; 95% interval of Wilson. The mean over noise weighs every condition the same.',
        ]
      : headline.key === 'rmse'
        ? ['RMSE', 'Root of the mean squared error, in the unit of the target; smaller is better.']
        : [
            'Agreement',
            'Share of samples whose answer is the one given to the clean sample; the data have no labels.',
          ],
    [
      'Drop',
      headline.better === 'higher'
        ? 'Clean minus noisy, in points where shares are compared.'
        : 'Noisy minus clean.',
    ],
    [
      'Answers changed',
      'Share of samples that get another answer than they got clean, right or wrong.',
    ],
    ...(has('ece')
      ? ([
          [
            'ECE',
            'Expected calibration error: gap between confidence and accuracy, over 15 equal bins of the highest probability.',
          ],
        ] as [string, string][])
      : []),
    [
      'Trained on',
      'Whether training used this kind of noise. What is not trained on is the fairer test.',
    ],
    [
      'Clipped',
      'Noise can leave the range of real values. Clipping puts it back, which alone can change accuracy by tens of points; figures with and without do not compare.',
    ],
  ]
  return html`<dl>${list.map(([term, meaning]) => html`<dt>${term}</dt><dd>${meaning}</dd>`)}</dl>`
}

function provenance(models: readonly Model[], numbering: Numbering): Html {
  const rows: [string, (card: Scorecard) => Html | string][] = [
    ['Model file', card => card.model.file],
    ['SHA-256', card => html`<span class="hash">${card.model.sha256}</span>`],
    ['Parameters', card => count(card.model.parameters)],
    ['Data', card => `${card.data.source}, ${count(card.data.samples)} samples`],
    [
      'Data SHA-256',
      card => (card.data.sha256 ? html`<span class="hash">${card.data.sha256}</span>` : none),
    ],
    ['Suite', card => [card.suite.name, card.suite.preset].filter(Boolean).join(', ')],
    ['Seed', card => String(card.seed)],
    ['Device, threads', card => `${card.device}, ${card.threads}`],
    [
      'Machine',
      card =>
        card.machine
          ? `${card.machine.cpu}, ${card.machine.cores} cores, ${plain(card.machine.memoryBytes / 2 ** 30)} GiB, ${card.machine.system}`
          : none,
    ],
    [
      'Versions',
      card =>
        listed(
          Object.entries(card.versions ?? { temper: card.version }).map(
            ([name, version]) => `${name} ${version}`,
          ),
        ),
    ],
    [
      'Speed',
      card => (card.timing ? `${plain(card.timing.samplesPerSecond)} samples a second` : none),
    ],
  ]
  const shown = rows.filter(([, cell]) => models.some(({ card }) => cell(card) !== none))
  const head = html`<tr><th scope="col">Provenance</th>${models.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr>`
  const body = shown.map(
    ([name, cell]) =>
      html`<tr><th scope="row">${name}</th>${models.map(({ card }) => html`<td>${cell(card)}</td>`)}</tr>`,
  )
  return numbering.table(html`Where the numbers come from.`, head, html`${body}`, 'provenance')
}

function notFinite(models: readonly Model[]): Html {
  const left = models.flatMap(({ name, card }) =>
    (card.notFinite ?? []).map(path => `${path} of ${name}`),
  )
  if (left.length === 0) return html``
  return html`<p class="note">Left out, because they came out as no finite number: ${listed(left)}.</p>`
}
