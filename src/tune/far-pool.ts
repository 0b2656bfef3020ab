/** Trials done by other machines, over a queue. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type DataNeed,
  elsewhere,
  type FarOptions,
  type FarTrial,
  type FarTrialResult,
  type QueueCarrier,
} from '../jobs/index.js'
import { modelPreprocess, type Preprocess } from '../model/index.js'
import { contentHash, writeFileAtomic } from '../record/index.js'
import type { TrialResult } from '../train/index.js'
import { trialFolder } from './pool.js'
import type { StudyEntry } from './study/entries.js'
import type { Carrier, CarrierContext, Job } from './study/job.js'
import { recipeOf, type StudySettings } from './study/settings.js'

/** How often it is looked whether workers have joined, in milliseconds. */
const lookMs = 500

/** What of a recipe says where things lie. */
interface Places {
  readonly data: {
    readonly train: string
    readonly validation?: string | number
    readonly test?: string | number
    readonly label?: string
    readonly group?: string
    readonly format?: string
  }
  readonly model: { readonly file?: string }
  readonly preprocess?: Preprocess
}

/** Carries the jobs of a study to workers; close it when the study rests. */
export class FarPool implements Carrier {
  private constructor(
    private readonly settings: StudySettings,
    private readonly far: FarOptions,
    private readonly carrier: QueueCarrier,
    private readonly hashes: Pick<FarTrial, 'train' | 'validation' | 'model'>,
  ) {}

  /** Looks into the data and opens the way; throws ResumableError where Redis cannot be reached. */
  static async open(
    { id, settings }: Pick<StudyEntry, 'id' | 'settings'>,
    far: FarOptions,
  ): Promise<FarPool> {
    const { data, model, preprocess } = settings.recipe as unknown as Places
    const own = model.file === undefined ? undefined : modelPreprocess(model.file).preprocess
    const opening = openingOf(data, preprocess ?? own)
    const train = await need(data.train, 'train', opening)
    const validation =
      typeof data.validation === 'string'
        ? await need(data.validation, 'validation', opening)
        : undefined
    const needs = validation ? [train, validation] : [train]
    const { openCarrier } = await elsewhere()
    const carrier = await openCarrier(id, needs, far)
    const file = model.file === undefined ? undefined : await carrier.artefacts.keep(model.file)
    const hashes = { train: train.sha256, validation: validation?.sha256, model: file }
    return new FarPool(settings, far, carrier, hashes)
  }

  /** As many as the workers that live do at once; one waits for the first of them. */
  get slots(): number {
    return Math.max(1, this.carrier.capacity)
  }

  /** Resolves when there are more slots than now. */
  async grown(signal: AbortSignal): Promise<void> {
    const before = this.slots
    while (this.slots <= before && !signal.aborted) await sleep(lookMs)
  }

  async run(job: Job, { signal }: CarrierContext): Promise<TrialResult> {
    const payload = plain({ ...this.payloadOf(job), from: this.savedOf(job.trial) })
    const { study, trial, rung, attempt } = job
    const id = contentHash({ study, trial, rung, attempt, payload })
    const answer = await this.carrier.run({ id, act: 'trial', payload }, { signal })
    const { saved, ...result } = answer as FarTrialResult
    if (saved !== undefined) this.keepSaved(job.trial, saved)
    return result
  }

  close(): Promise<void> {
    return this.carrier.close()
  }

  private payloadOf(job: Job): FarTrial {
    const { data, model, ...rest } = recipeOf(this.settings, job) as unknown as Places
    // Trials are measured on held-out data alone; a test set of its own is not for them.
    const { test, ...used } = data
    const shares = typeof test === 'number' ? { test } : {}
    const recipe = { ...rest, data: { ...used, ...shares }, model }
    const { engine } = this.settings
    return { recipe, engine, untilEpoch: job.untilEpoch, ...this.hashes } as FarTrial
  }

  private savedOf(trial: number): string | undefined {
    const file = this.savedFile(trial)
    const sha256 = existsSync(file) ? readFileSync(file, 'utf8') : ''
    return this.carrier.artefacts.has(sha256) ? sha256 : undefined
  }

  private keepSaved(trial: number, sha256: string): void {
    const file = this.savedFile(trial)
    mkdirSync(dirname(file), { recursive: true })
    writeFileAtomic(file, sha256)
  }

  private savedFile(trial: number): string {
    return join(trialFolder(this.far.folder, trial), 'saved')
  }
}

/** How all data of a recipe is opened. */
function openingOf({ label, group, format }: Places['data'], preprocess: Partial<Preprocess> = {}) {
  const { size, channels, sampleRate, seconds } = preprocess
  return { label, group, format, size, channels, sampleRate, seconds }
}

async function need(name: string, preferSplit: string, opening: object): Promise<DataNeed> {
  const options = plain({ ...opening, preferSplit })
  const { fingerprint } = await elsewhere()
  const { sha256 } = await fingerprint(name, options)
  return { name, options, sha256 }
}

/** What JSON keeps of it. */
const plain = (value: object) => JSON.parse(JSON.stringify(value))
