import { existsSync, mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../base/index.js'
import type { Plan } from '../recipe/index.js'
import {
  Journal,
  type Study,
  whileClaimed,
  writeDocument,
  writeFileAtomic,
} from '../record/index.js'
import { bestRecipe } from './best.js'
import { studyDocument } from './document.js'
import { studyPage } from './page/page.js'
import { localPool } from './pool.js'
import { type SettingsRequest, settingsFor } from './settings-for.js'
import { Coordinator } from './study/coordinator.js'
import type { Entry, StudyEntry } from './study/entries.js'
import type { Carrier, Job, Progress } from './study/job.js'
import { type StudySettings, studyId } from './study/settings.js'
import type { StudyState } from './study/state.js'

/** Sent while a study goes on. */
export type TuneEvent =
  /** An entry was written to the journal; `state` is the study with it. */
  | { readonly type: 'entry'; readonly entry: Entry; readonly state: StudyState }
  /** Where a trial is. */
  | { readonly type: 'progress'; readonly job: Job; readonly progress: Progress }

interface Common {
  /** Trials at a time, each in a process of its own. Default: one a core, at most 8. */
  readonly workers?: number
  /** Threads of each. Default 1. */
  readonly threads?: number
  readonly onEvent?: (event: TuneEvent) => void
  /** Aborting saves what the trials have done and returns with `finished: false`. */
  readonly signal?: AbortSignal
  /** Ends everything at once. */
  readonly killSignal?: AbortSignal
  /** Takes jobs elsewhere; default: children of this process. It is closed at the end. */
  readonly carrier?: (
    study: Pick<StudyEntry, 'id' | 'settings'>,
  ) => Promise<Carrier & { close(): Promise<void> }>
}

export interface TuneOptions extends SettingsRequest, Common {
  /** Folder of the study; it is made, and must hold no other study. */
  readonly out: string
  readonly engine?: Plan['engine']
}

export interface ResumeStudyOptions extends Common {
  /** Folder of the study. */
  readonly run: string
  /** Trials the search is to have; default: as many as before. */
  readonly trials?: number
}

export interface TuneResult {
  readonly finished: boolean
  /** Folder of the study. */
  readonly run: string
  /** What was found so far. */
  readonly study: Study
  readonly state: StudyState
}

const journalOf = (folder: string) => join(folder, 'journal.jsonl')

/**
 * Searches the noises, levels and schedules a recipe leaves open, and writes a folder with the
 * journal, a run folder a trial, `study.json` and `best.yaml`. Throws before anything is written when
 * it cannot work: UsageError for a space that is none, DataError or ModelError as training does.
 */
export async function tune(options: TuneOptions): Promise<TuneResult> {
  const { out } = options
  if (existsSync(journalOf(out)))
    throw new UsageError(
      `--out: "${out}" holds a study already. Go on with it: temper tune --resume ${out}, or name another folder.`,
    )
  const settings = await settingsFor(options)
  mkdirSync(out, { recursive: true })
  return work(out, { settings }, options)
}

/** Goes on with a study from its journal. Throws UsageError where there is none. */
export async function resumeStudy({
  run,
  trials,
  ...options
}: ResumeStudyOptions): Promise<TuneResult> {
  if (!existsSync(journalOf(run)))
    throw new UsageError(`--resume: "${run}" is no study: it has no journal.jsonl.`)
  return work(run, { trials }, options)
}

interface Beginning {
  readonly settings?: StudySettings
  readonly trials?: number
}

/** What does the jobs, where this process does not. */
interface Elsewhere {
  readonly carrier?: Carrier
}

/** One process a study: it alone writes the journal. */
function work(folder: string, beginning: Beginning, options: Common): Promise<TuneResult> {
  return whileClaimed(join(folder, 'study.claim'), 0, async () => {
    const journal = new Journal<Entry>(journalOf(folder))
    const begun = journal.entries[0] as StudyEntry | undefined
    const settings = begun?.settings ?? beginning.settings
    const far = settings && (await options.carrier?.({ id: studyId(settings), settings }))
    try {
      const coordinator = coordinate(folder, journal, beginning, { ...options, carrier: far })
      const finished = await coordinator.run()
      const study = writeResult(folder, coordinator.state, options)
      return { finished, run: folder, study, state: coordinator.state }
    } finally {
      await far?.close()
      journal.close()
    }
  })
}

function coordinate(
  folder: string,
  journal: Journal<Entry>,
  { settings, trials }: Beginning,
  { carrier, onEvent, signal, killSignal, ...options }: Omit<Common, 'carrier'> & Elsewhere,
): Coordinator {
  const { workers = usualWorkers(), threads = 1 } = options
  const coordinator = new Coordinator({
    ...{ journal, settings, signal, killSignal },
    carrier: study => carrier ?? localPool({ settings: study.settings, folder, workers, threads }),
    onEntry: (entry, state) => onEvent?.({ type: 'entry', entry, state }),
    onProgress: (job, progress) => onEvent?.({ type: 'progress', job, progress }),
  })
  if (trials !== undefined) coordinator.ask(trials)
  return coordinator
}

const usualWorkers = () => Math.min(8, availableParallelism())

function writeResult(folder: string, state: StudyState, { threads = 1 }: Common): Study {
  const study = studyDocument(state, threads)
  writeDocument(join(folder, 'study.json'), study)
  const best = bestRecipe(state, study)
  if (best !== undefined) writeFileAtomic(join(folder, 'best.yaml'), best)
  writeFileAtomic(join(folder, 'pareto.html'), studyPage(study, best))
  return study
}
