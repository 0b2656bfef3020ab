import { type Bar, barChart } from '../../chart/index.js'
import {
  chartHtml,
  type Html,
  html,
  legend,
  type Numbering,
  percent,
  type Section,
  serverDocument,
} from '../../page/index.js'
import { type Model, meanOf } from '../models.js'

const most = 20

interface ClassLoss {
  readonly name: string
  readonly clean: number
  readonly noisy: number
}

/** Which classes noise costs most, where the scorecards hold accuracy by class. */
export function classesSection(
  models: readonly Model[],
  numbering: Numbering,
): Section | undefined {
  const figures = models.flatMap(model => {
    const losses = classLosses(model)
    return losses.length > 1 ? [classFigure(model, losses, numbering)] : []
  })
  if (figures.length === 0) return undefined
  const key = legend([
    { name: 'clean', color: 'var(--soft)' },
    { name: 'mean over all noise', color: 'var(--heat)' },
  ])
  return { title: 'Which classes suffer', body: html`${key}<div class="figures">${figures}</div>` }
}

/** Clean and mean noisy accuracy of each class, the greatest loss first. */
function classLosses({ card }: Model): ClassLoss[] {
  const clean = card.clean.classAccuracy ?? []
  return clean
    .flatMap((accuracy, i): ClassLoss[] => {
      const values = card.conditions.map(c => c.measures.classAccuracy?.[i] ?? undefined)
      const noisy = meanOf(values)
      if (accuracy === null || noisy === undefined) return []
      return [{ name: card.data.classes?.[i] ?? `class ${i}`, clean: accuracy, noisy }]
    })
    .sort((a, b) => b.clean - b.noisy - (a.clean - a.noisy))
}

function classFigure(model: Model, losses: readonly ClassLoss[], numbering: Numbering): Html {
  const shown = losses.slice(0, most)
  const bars = shown.flatMap(({ name, clean, noisy }): Bar[] => [
    bar(name, 'clean', clean, 'var(--soft)'),
    bar(name, 'mean over all noise', noisy, 'var(--heat)'),
  ])
  const [worst] = losses
  const svg = barChart({
    document: serverDocument(),
    label: `Accuracy of ${model.name} by class`,
    description: shown
      .map(l => `${l.name}: ${percent(l.clean)} clean, ${percent(l.noisy)} noisy.`)
      .join(' '),
    x: { label: 'Accuracy', domain: [0, 1], format: 'percent' },
    bars,
  })
  const left =
    losses.length > most ? ` The ${most} of ${losses.length} classes that lose most.` : ''
  return numbering.figure(
    chartHtml(svg),
    html`Accuracy of ${model.name} by class, the greatest loss first: ${worst.name} falls from ${percent(worst.clean)} to ${percent(worst.noisy)}.${left}`,
  )
}

function bar(group: string, name: string, value: number, color: string): Bar {
  return { group, name, color, value, title: `${group}, ${name}: ${percent(value)}` }
}
