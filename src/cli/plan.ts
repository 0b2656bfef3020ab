/** `--plan`: what a recipe comes to, and each schedule drawn over the run. */
import type { Plan } from '../recipe/index.js'
import type { Level, Window } from '../schedule/index.js'
import type { CheckSize } from '../train/index.js'
import type { Output } from './output.js'
import { rooms } from './rooms.js'

/** What the act `plan` gives. */
export interface Planned {
  readonly plan: Plan
  readonly check: CheckSize
  /** The smallest fall of the clean score that the checks would notice. */
  readonly detectable?: { readonly drop: number; readonly warning?: string }
}

/** Prints a plan in words, then its schedules in the terminal. */
export async function printPlan(output: Output, planned: Planned): Promise<void> {
  const { plan, detectable } = planned
  for (const line of factsOf(planned)) output.print(line)
  if (detectable) {
    const drop = (100 * detectable.drop).toFixed(1)
    output.print(`detectable   a check notices a fall in clean accuracy of ${drop} points or more`)
    if (detectable.warning) output.note(`warning: ${detectable.warning}`)
  }
  const width = Math.min(100, Math.max(40, (process.stdout.columns || 80) - 1))
  for (const { title, lines } of await drawings(plan, width)) {
    output.print()
    output.print(title)
    for (const line of lines) output.print(line)
  }
}

function factsOf({ plan, check }: Planned): string[] {
  const { model, data, lengths, train, monitor, noise } = plan
  const { network, file, parameters, trained, frozen } = model
  const counts = [data.train, data.validation, data.test].map(part => part?.samples ?? 0)
  const still = frozen.length ? `, ${frozen.length} tensors frozen` : ''
  return [
    `model        ${network ?? file}: ${parameters} parameters, ${trained.length} tensors trained${still}`,
    `data         ${data.train.source}: ${counts[0]} samples to train, ${counts[1]} to check, ${counts[2]} to test`,
    `length       ${lengths.epochs} epochs of ${lengths.batchesPerEpoch} batches: ${lengths.steps} updates of ${lengths.batch} samples`,
    `optimizer    ${optimizerWords(plan.optimizer)}; loss ${lossWords(train.loss)}`,
    `check        every ${monitor.every} on ${checkWords(check)}; ${monitor.onOveruse} on overuse`,
    `keep         ${train.keep}`,
    ...(train.stop ? [`stop         ${stopWords(train.stop)}`] : []),
    ...(train.curriculum ? [curriculumWords(train.curriculum.from)] : []),
    `noise        ${noise.map(({ name }) => name).join(', ') || 'none'}`,
  ]
}

/** What is set besides the learning rate, which is drawn. */
function optimizerWords({ kind, ...settings }: Plan['optimizer']): string {
  const named = [
    'momentum',
    'nesterov',
    'weightDecay',
    'clipNorm',
    'clipValue',
    'clipAdaptive',
    'clipWeights',
  ] as const
  const set = named.filter(name => settings[name])
  return [
    kind,
    ...set.map(name => (name === 'nesterov' ? name : `${name} ${settings[name]}`)),
  ].join(', ')
}

const lossWords = (loss: Plan['train']['loss']) =>
  typeof loss === 'string'
    ? loss
    : Object.entries(loss)
        .map(([name, value]) => (name === 'kind' ? value : `${name} ${value}`))
        .join(' ')

const checkWords = ({ samples, looks, conditions }: CheckSize) =>
  `${samples} samples, each without noise and under ${looks} of ${conditions} conditions`

const curriculumWords = (from: number) =>
  `curriculum   epochs draw from the easiest of each class, after ${from} of all samples`

function stopWords({ patience, when, after }: Record<string, unknown>): string {
  const reasons = [
    ...(when ? [`when ${when}`] : []),
    ...(patience ? [`after ${patience} checks without a better one`] : []),
  ]
  return `${reasons.join(', or ')}, not before ${after}`
}

interface Drawing {
  readonly title: string
  readonly lines: readonly string[]
}

async function drawings(plan: Plan, width: number): Promise<Drawing[]> {
  const { parseLevel, parseWindow, plotSchedule } = await rooms.schedule()
  const context = { lengths: plan.lengths }
  const rate = String(plan.optimizer.learningRate)
  const draw = (title: string, level: Level, open: Window = () => true): Drawing => {
    const closed = (curve: Level['low']) => (moment: Parameters<Window>[0]) =>
      open(moment) ? curve(moment) : 0
    const bounds = { low: closed(level.low), high: closed(level.high) }
    return { title, lines: plotSchedule(bounds, plan.lengths, width, 6) }
  }
  const all = plan.noise.flatMap(({ name, levels: fields, window, start }) => {
    const [, every, length] = /^every (\S+) for (\S+)$/.exec(window) ?? []
    const open = parseWindow({ every, for: length }, context)
    const when = [...(every ? [window] : []), ...(start ? [startWords(start)] : [])]
    const said = Object.entries(fields).filter(([, text]) => text !== '0')
    return said.map(([field, text]) =>
      draw([`${name}.${field}  ${text}`, ...when].join(', '), parseLevel(text, context), open),
    )
  })
  const { curriculum } = plan.train
  return [
    draw(`learning rate  ${rate}`, parseLevel(rate, context)),
    ...(curriculum
      ? [draw(`share of samples  ${curriculum.share}`, parseLevel(curriculum.share, context))]
      : []),
    ...all,
  ]
}

/** Drawn from its beginning, which is not the run's. */
const startWords = (start: string) =>
  `begins ${/^when/.test(start) ? start : `at ${start}`} (drawn from there)`
