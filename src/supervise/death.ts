import { type ErrorFields, ModelError, ResumableError, type TemperError } from '../base/index.js'

/** `probe`: a foreign model is tried out, and its failing is the model's; `run`: our own work. */
export type Purpose = 'probe' | 'run'

/** What a child was doing and for whom; the first words of its sentences. */
export interface Mission {
  readonly act: string
  readonly purpose: Purpose
}

const meanings: Readonly<Record<string, string>> = {
  SIGSEGV: 'a crash inside native code',
  SIGBUS: 'a crash inside native code',
  SIGFPE: 'a crash inside native code',
  SIGILL: 'an instruction this processor does not have',
  SIGABRT: 'native code gave up, most often for lack of memory',
  SIGKILL: 'killed from outside, most often by the system for lack of memory',
  SIGTERM: 'asked from outside to end',
  SIGINT: 'interrupted',
  SIGHUP: 'its terminal went away',
}

/** The error for a child that went away without an answer. */
export function deathError(
  mission: Mission,
  code: number | null,
  signal: string | null,
  fields: ErrorFields,
): TemperError {
  const how = signal
    ? `was ended by ${signal} (${meanings[signal] ?? 'a signal'})`
    : `ended with code ${code} and no answer`
  return childError(mission, how, { ...fields, code, signal })
}

/** A ModelError for a probe, a ResumableError for a run, with what to do. */
export function childError(
  { act, purpose }: Mission,
  what: string,
  fields: ErrorFields,
): TemperError {
  if (purpose === 'run')
    return new ResumableError(
      `${act}: the process doing the work ${what}. What was saved before is whole.`,
      fields,
    )
  return new ModelError(
    `model: it cannot be used: the process trying it out (${act}) ${what}. ` +
      'The file is damaged, hostile or too large for this machine.',
    fields,
  )
}
