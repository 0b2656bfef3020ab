/** A run taken a part further: what a search asks for, again and again. */
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Device } from '../../engine/index.js'
import type { Plan } from '../../recipe/index.js'
import {
  contentHash,
  type EventOf,
  listCheckpoints,
  type Measures,
  readEvents,
  whileClaimed,
} from '../../record/index.js'
import { Diverged } from '../loop.js'
import { resume, type TrainOptions, train } from '../train.js'

export interface TrialOptions {
  /** The complete recipe; it is the whole run's, of which the trial may do a part. */
  readonly recipe: unknown
  /** Epochs after which it pauses and is measured. */
  readonly untilEpoch: number
  /** The run folder; a later part goes on from what an earlier one saved there. */
  readonly folder: string
  readonly engine?: Plan['engine']
  readonly threads?: number
  readonly device?: Device
  readonly onEvent?: TrainOptions['onEvent']
  readonly signal?: AbortSignal
}

export interface TrialResult {
  /** `interrupted`: the signal came first; what was done is saved. */
  readonly state: 'measured' | 'diverged' | 'interrupted'
  readonly untilEpoch: number
  /** Held-out measures at the pause by name: `cleanAccuracy`, `meanAccuracy`, `meanEce`, ... */
  readonly values: Readonly<Record<string, number>>
  /** Hash of the values: the same for every attempt at the same part. */
  readonly hash: string
}

/** A process whose coordinator died takes up to ten seconds to save and end. */
const patienceMs = 20_000

/**
 * Trains a recipe up to an epoch, from the folder's last checkpoint where there is one, and gives
 * the measures there. The result depends on recipe, data and `untilEpoch` alone: a second call, or
 * one after a crash, gives the same.
 */
export async function trial(options: TrialOptions): Promise<TrialResult> {
  const { folder } = options
  mkdirSync(dirname(folder), { recursive: true })
  return whileClaimed(`${folder}.claim`, patienceMs, async () => {
    const known = measuredAt(options)
    if (known) return resultOf(options, known)
    return runPart(options)
  })
}

async function runPart(options: TrialOptions): Promise<TrialResult> {
  try {
    const { finished } = await carryOn(options)
    const check = measuredAt(options, finished)
    if (check) return resultOf(options, check)
    return { ...emptyResult(options), state: 'interrupted' }
  } catch (error) {
    if (error instanceof Diverged) return { ...emptyResult(options), state: 'diverged' }
    throw error
  }
}

/** Held-out samples of a trial's checks, each under every condition: what a search compares must be sharp. */
export const trialSamples = 1000

function carryOn({ folder, untilEpoch, recipe: given, ...options }: TrialOptions) {
  const { monitor, ...rest } = given as Record<string, object>
  const recipe = { ...rest, monitor: { samples: trialSamples, ...monitor } }
  const common = { ...options, untilEpoch, measureTest: false }
  if (listCheckpointsOf(folder).length) return resume({ ...common, run: folder })
  rmSync(folder, { recursive: true, force: true })
  return train({ ...common, recipe, out: folder })
}

const listCheckpointsOf = (folder: string) => {
  const checkpoints = join(folder, 'checkpoints')
  return existsSync(checkpoints) ? listCheckpoints(checkpoints) : []
}

type Check = EventOf<'check'>

/** The check at the pause; where the monitor ended the run before, its last one. */
function measuredAt({ folder, untilEpoch }: TrialOptions, isFinished = false): Check | undefined {
  const path = join(folder, 'events.jsonl')
  if (!existsSync(path)) return undefined
  const { events } = readEvents(path)
  const checks = events.filter(event => event.type === 'check') as Check[]
  const isOver = isFinished || events.some(event => event.type === 'end')
  const isSaved = (step: number) =>
    isOver || events.some(event => event.type === 'checkpoint' && event.step === step)
  const wanted = checks.find(check => check.epoch === untilEpoch && isSaved(check.step))
  return wanted ?? (isOver ? checks.at(-1) : undefined)
}

function resultOf({ untilEpoch }: TrialOptions, { clean, noisy }: Check): TrialResult {
  const values = { ...named('clean', clean), ...named('mean', noisy) }
  return { state: 'measured', untilEpoch, values, hash: contentHash({ untilEpoch, values }) }
}

function emptyResult({ untilEpoch }: TrialOptions): Omit<TrialResult, 'state'> {
  return { untilEpoch, values: {}, hash: contentHash({ untilEpoch }) }
}

/** The numbers among some measures: `accuracy` as `cleanAccuracy`. */
function named(prefix: string, measures: Measures): Record<string, number> {
  return Object.fromEntries(
    Object.entries(measures)
      .filter(([name, value]) => typeof value === 'number' && name !== 'samples')
      .map(([name, value]) => [
        `${prefix}${name[0].toUpperCase()}${name.slice(1)}`,
        value as number,
      ]),
  )
}
