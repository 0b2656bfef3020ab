/** The figures of a check that rules may name: what to keep, when to stop, when a noise starts. */
import { didYouMean, UsageError } from '../base/index.js'
import type { Measures } from '../record/index.js'

/** What a check measured, as its event tells it. */
export interface Measured {
  readonly clean: Measures
  readonly noisy: Measures
}

/** One figure by name. */
export interface Figure {
  readonly what: string
  readonly better: 'higher' | 'lower'
  of(measured: Measured): number | undefined
}

/** Accuracy, or minus the RMSE of a regression: higher is better. */
function scoreOfMeasures({ accuracy, rmse }: Measures): number | undefined {
  return accuracy ?? (rmse === undefined ? undefined : -rmse)
}

const measures = {
  accuracy: ['accuracy', 'higher'],
  rmse: ['root mean squared error', 'lower'],
  nll: ['negative log-likelihood', 'lower'],
  ece: ['expected calibration error', 'lower'],
  entropy: ['entropy of the answers', 'lower'],
  auroc: ['how well the uncertainty tells noisy from clean', 'higher'],
} as const

const scores: Record<string, Figure> = {
  cleanScore: {
    what: 'accuracy, or minus the error, without noise',
    better: 'higher',
    of: ({ clean }) => scoreOfMeasures(clean),
  },
  noisyScore: {
    what: "accuracy, or minus the error, under the monitor's suite",
    better: 'higher',
    of: ({ noisy }) => scoreOfMeasures(noisy),
  },
  robustScore: {
    what: 'mean of both scores',
    better: 'higher',
    of: ({ clean, noisy }) => mean(scoreOfMeasures(clean), scoreOfMeasures(noisy)),
  },
}

function mean(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : (a + b) / 2
}

function measured(side: 'clean' | 'noisy'): [string, Figure][] {
  const where = side === 'clean' ? 'without noise' : "under the monitor's suite"
  return Object.entries(measures).map(([name, [what, better]]) => [
    `${side}${name[0].toUpperCase()}${name.slice(1)}`,
    { what: `${what} ${where}`, better, of: m => m[side][name as keyof typeof measures] },
  ])
}

/** Every figure by the name rules give it: `cleanAccuracy`, `noisyEce`, `robustScore`, ... */
export const figures: Readonly<Record<string, Figure>> = {
  ...scores,
  ...Object.fromEntries([...measured('clean'), ...measured('noisy')]),
}

/** A check's figures by name; those that do not apply are absent. */
export type Figures = Readonly<Record<string, number>>

export function figuresOf(seen: Measured): Figures {
  const all = Object.entries(figures).map(([name, { of }]) => [name, of(seen)] as const)
  return Object.fromEntries(all.filter(([, value]) => Number.isFinite(value))) as Figures
}

/** The figure of a name; throws UsageError with the nearest right one. */
export function figureNamed(name: string, where: string): Figure {
  if (Object.hasOwn(figures, name)) return figures[name]
  const names = Object.keys(figures)
  throw new UsageError(
    `${where}: expected a figure of a check, received "${name}".${didYouMean(name, names)} There are ${names.join(', ')}.`,
  )
}

/** What checks gave so far, oldest first. */
export type History = readonly { readonly step: number; readonly figures: Figures }[]

/** The best value of a figure in some checks. */
export function bestOf(history: History, name: string): number | undefined {
  const values = history.flatMap(({ figures: seen }) => (name in seen ? [seen[name]] : []))
  if (!values.length) return undefined
  return figures[name].better === 'higher' ? Math.max(...values) : Math.min(...values)
}

/** A figure as sentences print it. */
export const showFigure = (value: number) => String(Number(value.toFixed(4)))
