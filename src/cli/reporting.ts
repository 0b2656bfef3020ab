/** From run folders and scorecards to one page. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { DataError } from '../base/index.js'
import type { Strip } from '../evaluate/index.js'
import type { Plan } from '../recipe/index.js'
import type { ReportRun, SampleStrip } from '../report/index.js'
import type { Context } from './command.js'
import { comparisonOf, type Measured } from './comparison.js'
import { superviseJob } from './job.js'
import { rooms } from './rooms.js'

/** A model to report on: its scorecard, and its run folder where it was trained by Temper. */
export interface Source extends Measured {
  readonly name: string
  readonly run?: string
}

/** Reads a run folder or a scorecard file; throws DataError where it is neither. */
export async function readSource(path: string): Promise<Source> {
  const record = await rooms.record()
  const isRun = existsSync(path) && statSync(path).isDirectory()
  const file = isRun ? join(path, 'scorecard.json') : path
  if (!existsSync(file))
    throw new DataError(
      isRun
        ? `report: the run "${path}" has no scorecard.json. Name data.test in its recipe, or measure its model with temper eval --out.`
        : `report: there is no file or folder "${path}".`,
    )
  const scorecard = record.readDocument(file, 'temper.scorecard/1')
  const name = scorecard.name ?? (isRun ? basename(resolve(path)) : scorecard.model.file)
  return { name, scorecard, file, ...(isRun && { run: path }) }
}

/** Sources whose models share a name are called by their own file or folder, or their whole path. */
export function distinctlyNamed<Named extends { readonly name: string }>(
  sources: readonly Named[],
  paths: readonly string[],
): Named[] {
  const isShared = (name: string, all: readonly string[]) =>
    all.filter(other => other === name).length > 1
  const names = sources.map(({ name }) => name)
  const own = paths.map(path => basename(resolve(path), '.json'))
  return sources.map((source, i) => {
    if (!isShared(source.name, names)) return source
    return { ...source, name: isShared(own[i], own) ? paths[i] : own[i] }
  })
}

/** Writes the page about some sources; the same samples are shown with the answers of each model. */
export async function writeReport(
  sources: readonly Source[],
  out: string,
  strip: SampleStrip | undefined,
): Promise<void> {
  const { renderReport } = await rooms.report()
  const { writeFileAtomic } = await rooms.record()
  const runs = await Promise.all(sources.filter(s => s.run !== undefined).map(runOf))
  const scorecards = sources.map(({ name, scorecard }) => ({ ...scorecard, name }))
  const comparison = await comparisonOf(sources)
  writeFileAtomic(resolve(out), renderReport({ scorecards, runs, samples: strip, comparison }))
}

async function runOf({ name, run }: Source): Promise<ReportRun> {
  const { readEvents } = await rooms.record()
  const { plannedSchedules } = await rooms.page()
  const plan = planOf(run!)
  const { events } = readEvents(join(run!, 'events.jsonl'))
  return { name, events, plan, schedules: plannedSchedules(plan) }
}

const planOf = (run: string): Plan => JSON.parse(readFileSync(join(run, 'plan.json'), 'utf8'))

/** The strip of samples for models trained on one data set, or undefined where there is none to show. */
export async function stripOfRuns(
  sources: readonly Source[],
  context: Context,
): Promise<SampleStrip | undefined> {
  const runs = sources.filter(s => s.run !== undefined && existsSync(join(s.run, 'model.onnx')))
  if (!runs.length) return undefined
  const { data, preprocess } = planOf(runs[0].run!)
  if (!data.test) return undefined
  const { suite } = runs[0].scorecard
  const models = runs.map(({ name, run }) => ({ name, model: join(run!, 'model.onnx') }))
  const payload = { models, run: runs[0].run, suite: suite.name, preprocess }
  try {
    return await stripOf(payload, context)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    context.output.note(`the page shows no samples: ${error.message}`)
    return undefined
  }
}

/** Asks a child for the strip. */
export async function stripOf(payload: object, { options, output }: Context) {
  const { seed, threads, device } = options
  const asked = { seed, threads, device, ...payload }
  const outcome = await superviseJob<Strip | undefined, never>('strip', asked, output, () => {})
  return outcome.ended && outcome.result ? shown(outcome.result) : undefined
}

function shown({ kind, shape, sampleRate, noise, columns, rows }: Strip): SampleStrip {
  const content = (data: Float32Array) =>
    kind === 'image'
      ? { image: { data, shape: shape as [number, number, number] } }
      : { sound: { data: data.subarray(0, shape.at(-1)), sampleRate: sampleRate! } }
  return {
    noise,
    columns,
    rows: rows.map(({ label, cells }) => ({
      label,
      cells: cells.map(({ sample, predictions }) => ({ ...content(sample), predictions })),
    })),
  }
}

/** Writes a run's own page, beside the scorecard of the model it was given where there is one; its path. */
export async function reportRun(folder: string, context: Context): Promise<string> {
  const source = await readSource(folder)
  const before = join(folder, 'scorecard-before.json')
  const given = existsSync(before) ? [await readSource(before)] : []
  const page = join(folder, 'report.html')
  await writeReport([...given, source], page, await stripOfRuns([source], context))
  return page
}
