import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Option } from 'commander'
import type { Context } from './command.js'
import { rooms } from './rooms.js'

/** The flags of work that other machines may do. */
export const farFlags = (): Option[] => [
  new Option(
    '--redis <url>',
    'let other machines do the work (redis://host:port; temper worker there)',
  ),
  new Option(
    '--depot <url>',
    'http://host:port at which workers reach this machine (default: from this machine alone)',
  ),
]

/** Where answers of other machines are kept until all are there: beside `out`, so that it can go on. */
export const workFolder = (out: unknown): string =>
  typeof out === 'string' ? `${out}.work` : mkdtempSync(join(tmpdir(), 'temper-work-'))

/** How other machines are met, and the line to type there. */
export async function farOptions({ options, output }: Context, folder: string) {
  const [redis, depot] = [options.redis as string, options.depot as string | undefined]
  const { key, isNew } = await studyKey(folder)
  const command = `temper worker --redis ${redis}`
  if (isNew) output.note(`workers join with:\n  TEMPER_STUDY_KEY=${key} ${command}`)
  const onNote = (text: string) => output.note(text)
  return { redis, depot, key, folder, onNote }
}

/** The key in the environment; else the folder's own, made where it has none. */
async function studyKey(folder: string): Promise<{ key: string; isNew: boolean }> {
  const given = process.env.TEMPER_STUDY_KEY
  if (given) return { key: given, isNew: false }
  const file = join(folder, 'study-key')
  if (existsSync(file)) return { key: readFileSync(file, 'utf8'), isNew: true }
  const { newStudyKey } = await rooms.elsewhere()
  const key = newStudyKey()
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, key, { mode: 0o600 })
  return { key, isNew: true }
}
