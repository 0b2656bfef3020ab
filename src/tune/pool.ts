import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { runJob } from '../jobs/index.js'
import type { TrialResult } from '../train/index.js'
import type { Carrier, CarrierContext, Job, Progress } from './study/job.js'
import { recipeOf, type StudySettings } from './study/settings.js'

export interface PoolOptions {
  readonly settings: StudySettings
  /** Folder of the study; each trial has a run folder in it. */
  readonly folder: string
  readonly workers: number
  /** Threads of each. */
  readonly threads: number
}

/** The run folder of a trial. */
export const trialFolder = (folder: string, trial: number): string =>
  join(folder, 'trials', String(trial).padStart(4, '0'))

/** Does jobs on this machine, each in a supervised child of its own. */
export function localPool({ settings, folder, workers, threads }: PoolOptions): Carrier {
  const { engine, device } = settings
  return {
    slots: workers,
    run(job: Job, { signal, killSignal, onProgress }: CarrierContext): Promise<TrialResult> {
      const payload = {
        recipe: recipeOf(settings, job),
        untilEpoch: job.untilEpoch,
        folder: trialFolder(folder, job.trial),
        ...{ engine, device, threads },
      }
      const onEvent = (event: { readonly type: string }) => {
        if (event.type === 'progress') onProgress?.(event as unknown as Progress)
      }
      return runJob<TrialResult, { readonly type: string }>('trial', payload, {
        ...{ signal, killSignal, onEvent },
      })
    },
    release: trial =>
      rmSync(join(trialFolder(folder, trial), 'checkpoints'), { recursive: true, force: true }),
  }
}
