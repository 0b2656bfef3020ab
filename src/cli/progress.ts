import type { Output } from './output.js'
import { duration, percent } from './percent.js'

interface RunEvent {
  readonly type: string
  readonly [field: string]: unknown
}

interface Shown {
  readonly accuracy?: number
  readonly rmse?: number
}

/** Prints a training run as it goes: one live line, and a line a check. */
export function showTraining(output: Output, label = 'train'): (event: RunEvent) => void {
  let first: { readonly step: number; readonly time: number } | undefined
  const curves = new Curves()
  return event => {
    if (event.type === 'progress') {
      const { step, steps, loss } = event as unknown as {
        step: number
        steps: number
        loss: number
      }
      first ??= { step, time: performance.now() }
      const rate = (performance.now() - first.time) / 1000 / (step - first.step)
      // Opening data and model is no part of a step, so the first tells nothing yet.
      const left = step > first.step ? [`${duration(rate * (steps - step))} left`] : []
      const line = `${label}  ${step}/${steps}  loss ${loss.toFixed(4)}`
      output.progress([line, ...left, ...curves.lines()].join('  '))
    }
    if (event.type === 'check') {
      curves.add(event)
      output.note(checkLine(event, label))
    }
    if (event.type === 'begin' || event.type === 'stop') output.note(`${label}  ${event.reason}`)
    if (event.type === 'curriculum')
      output.note(
        `${label}  epoch ${event.epoch}: the easiest ${percent(Number(event.share))} of each class, by what each sample costs now`,
      )
    if (event.type === 'note') output.note(`${label}  note: ${event.noise}: ${event.reason}`)
    if (event.type === 'overuse') output.note(`${label}  overuse: ${event.reason}`)
    if (event.type === 'adjust') output.note(`${label}  adjusted: ${event.reason}`)
    if (event.type === 'learningRate')
      output.note(`${label}  learning rate ${event.learningRate}, the best of those tried`)
    if (event.type === 'resumed') output.note(`${label}  goes on from step ${event.fromStep}`)
  }
}

const bars = '▁▂▃▄▅▆▇█'
const checksShown = 16

/** Clean and noisy accuracy of the last checks, drawn on one scale. */
class Curves {
  private readonly checks: { readonly clean: number; readonly noisy: number }[] = []

  add({ clean, noisy }: RunEvent): void {
    const [a, b] = [clean as Shown, noisy as Shown]
    const score = ({ accuracy, rmse = 0 }: Shown) => accuracy ?? -rmse
    this.checks.push({ clean: score(a), noisy: score(b) })
  }

  lines(): string[] {
    const shown = this.checks.slice(-checksShown)
    const all = shown.flatMap(({ clean, noisy }) => [clean, noisy])
    const [low, high] = [Math.min(...all), Math.max(...all)]
    const bar = (value: number) =>
      bars[Math.round((high > low ? (value - low) / (high - low) : 1) * (bars.length - 1))]
    const curve = (name: 'clean' | 'noisy') => shown.map(check => bar(check[name])).join('')
    return shown.length ? [`clean ${curve('clean')}`, `noisy ${curve('noisy')}`] : []
  }
}

function checkLine(event: RunEvent, label: string): string {
  const { step, epoch, clean, noisy } = event as unknown as {
    step: number
    epoch: number
    clean: Shown
    noisy: Shown
  }
  const where = `${label}  epoch ${Number(epoch.toFixed(2))}, step ${step}`
  return clean.accuracy === undefined
    ? `${where}: clean RMSE ${clean.rmse?.toPrecision(4)}, noisy ${noisy.rmse?.toPrecision(4)}`
    : `${where}: clean ${percent(clean.accuracy)}, noisy ${percent(noisy.accuracy)}`
}

/** Prints a measuring pass as it goes. */
export function showMeasuring(output: Output, label = 'eval'): (event: RunEvent) => void {
  return event => {
    if (event.type !== 'measured') return
    const { samples, of } = event as unknown as { samples: number; of: number }
    output.progress(`${label}  ${samples}/${of} samples`)
  }
}
