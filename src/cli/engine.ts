/** Which operators a training graph is made of: chosen once, by a probe that may die. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Option } from 'commander'
import { ResumableError, UsageError } from '../base/index.js'
import type { Plan } from '../recipe/index.js'
import type { Context } from './command.js'
import { rooms } from './rooms.js'

export type Engine = Plan['engine']

export const engineOption = () =>
  new Option(
    '--engine <name>',
    "operators of the training graph: the runtime's blocked ones where a probe finds them sound, else standard ones (auto); blocked or an error (fast); standard (portable); plan.json says which were taken",
  )
    .choices(['auto', 'fast', 'portable'])
    .default('auto')
    .env('TEMPER_ENGINE')

/** What `--engine` means on this machine; throws UsageError where `fast` is asked for and not there. */
export async function engineOf({ options }: Context): Promise<Engine> {
  const { engine, device } = options
  if (engine === 'portable' || device !== 'cpu') return { column: 'portable' }
  const block = await probedBlock()
  if (block !== undefined) return { column: 'blocked', block }
  if (engine === 'fast')
    throw new UsageError(
      '--engine fast: this processor and runtime have no sound blocked operators. Use --engine auto or portable.',
    )
  return { column: 'portable' }
}

/** A run begun with blocked operators goes on only where they are the same: others can end the process. */
export async function refuseOtherMachine(run: string): Promise<void> {
  const path = join(run, 'plan.json')
  if (!existsSync(path)) return
  const { column, block }: Engine = JSON.parse(readFileSync(path, 'utf8')).engine
  if (column === 'blocked' && block !== (await probedBlock()))
    throw new ResumableError(
      `resume: "${run}" was begun with the runtime's blocked operators (${block} channels a block), which this machine does not have. Go on where it was begun, or start anew with --engine portable.`,
    )
}

/** A probe that crashes says no. */
async function probedBlock(): Promise<8 | 16 | undefined> {
  const { runJob } = await rooms.jobs()
  return runJob<8 | 16 | undefined>('probe', {}, { purpose: 'probe' }).catch(() => undefined)
}
