import {
  contents,
  count,
  type Html,
  html,
  jsonBlock,
  Numbering,
  type Section,
  sectionHtml,
  wholePage,
} from '../../page/index.js'
import type { Study } from '../../record/index.js'
import { frontSection } from './front.js'
import { ladderSection } from './ladder.js'
import { parametersSection } from './parameters.js'
import { figure, measureName, searchedOf } from './words.js'

/** One self-contained page about a study; `best` is the recommended recipe as YAML. The same study gives the same bytes. */
export function studyPage(study: Study, best?: string): string {
  const numbering = new Numbering()
  const sections = [
    frontSection(study, numbering),
    parametersSection(study, numbering),
    ladderSection(study, numbering),
    recipeSection(study, best, numbering),
    methodSection(study),
  ].filter(section => section !== undefined)
  const heading = headingOf(study)
  return wholePage(
    heading,
    html`${header(study, heading, sections)}<main>${sections.map(sectionHtml)}</main><footer>Made by Temper ${study.version}. The study stands in this page as JSON, in the element <code>#temper-data</code>.</footer><script type="application/json" id="temper-data">${jsonBlock(study)}</script>`,
  )
}

function headingOf({ best, objectives }: Study): string {
  if (!best?.values) return 'No trial has come to its end yet'
  const figures = objectives.map(
    ({ name }) => `${figure(name, best.values![name].mean)} ${measureName(name)}`,
  )
  return `Trial ${best.index} is recommended: ${figures.join(', ')}`
}

function header(study: Study, heading: string, sections: readonly Section[]): Html {
  const trials = searchedOf(study)
  const many = (state: string) => trials.filter(trial => trial.state === state).length
  const failed = many('failed') + many('diverged')
  const ends = `${trials.length} trials: ${many('complete')} complete, ${many('pruned')} stopped early${failed ? `, ${failed} diverged or failed` : ''}${many('running') ? `, ${many('running')} not at their end` : ''}.`
  return html`<header><p class="kicker">Temper study · ${study.data?.source} · ${count(study.data?.samples)} held-out samples</p><h1>${heading}</h1><p class="verdict">${ends} ${study.best && `It is ${study.best.reason}.`}</p>${contents(sections)}</header>`
}

function recipeSection(
  { best, objectives, data }: Study,
  text: string | undefined,
  numbering: Numbering,
): Section | undefined {
  if (!best?.values || text === undefined) return undefined
  const head = html`<tr><th>measure</th><th>mean</th><th>standard deviation</th><th>seeds</th></tr>`
  const rows = objectives.map(({ name }) => {
    const { mean, standardDeviation, seeds } = best.values![name]
    return html`<tr><td>${measureName(name)}</td><td>${figure(name, mean)}</td><td>${figure(name, standardDeviation)}</td><td>${seeds}</td></tr>`
  })
  return {
    title: 'The recipe, and how sure it is',
    body: html`${numbering.table(html`The recommended recipe on ${count(data?.samples)} held-out samples, each seed with its own start and its own division of the data. These samples chose the recipe: expect a little less on others.`, head, html`${rows}`)}<pre>${text}</pre>`,
  }
}

function methodSection({ search, objectives, seed, id, notSearched = [] }: Study): Section {
  const weights = objectives.map(
    ({ name, better, weight = 1 }) =>
      `${measureName(name)} (${better} is better, weight ${weight})`,
  )
  return {
    title: 'How it was searched, and what was not',
    body: html`<p>Objectives: ${weights.join(', ')}. Next trial by ${search?.sampler}, stopping by ${search?.stopping} with one in ${search?.eta} going on from each rung; seed ${seed}. The journal of the study (${id?.slice(0, 12)}) replays to the same suggestions.</p><p>Not searched:</p><ul>${notSearched.map(text => html`<li>${text}</li>`)}</ul>`,
  }
}
