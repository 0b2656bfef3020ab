import { type Lengths, parseTime, timeInBatches } from '../base/index.js'
import type { Recipe } from '../recipe/index.js'

/** When the loop looks up from its work. */
export interface Rhythm {
  /** Whether a check or a checkpoint is due once so many updates are done. */
  checkAfter(step: number): boolean
  saveAfter(step: number): boolean
  /** Whether other strengths of the noise are to be tried; never at the end. */
  steerAfter(step: number): boolean
}

/** Checks and checkpoints at each multiple of their time, and at the end; a check also at the pause. */
export function rhythmOf({ monitor, train }: Recipe, lengths: Lengths, pauseAt?: number): Rhythm {
  const end = lengths.epochs * lengths.batchesPerEpoch
  const every = (text: string, where: string) => {
    const period = Math.max(1, timeInBatches(parseTime(text, where), lengths))
    return (step: number) => step === end || crosses(step, period)
  }
  const isCheck = every(monitor.every, 'monitor.every')
  return {
    checkAfter: step => step === pauseAt || isCheck(step),
    saveAfter: every(train.checkpointEvery, 'train.checkpointEvery'),
    steerAfter: steering(monitor.steer, lengths),
  }
}

function steering(steer: Recipe['monitor']['steer'], lengths: Lengths) {
  if (!steer) return () => false
  const [period, until] = [steer.every, steer.until].map(text =>
    Math.max(1, timeInBatches(parseTime(text, 'monitor.steer'), lengths)),
  )
  return (step: number) => step <= until && crosses(step, period)
}

/** Whether a multiple of the period lies in (step - 1, step]. */
function crosses(step: number, period: number): boolean {
  return Math.floor(step / period + 1e-9) > Math.floor((step - 1) / period + 1e-9)
}
