import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Option } from 'commander'
import { UsageError } from '../../base/index.js'
import { type CommandSpec, collect, wholeNumber } from '../command.js'
import { rooms } from '../rooms.js'
import { untilStopped } from '../signals.js'

export const worker: CommandSpec = {
  name: 'worker',
  summary: 'do work that another machine hands out (tune, eval, certify with --redis)',
  options: [
    new Option(
      '--redis <url>',
      'redis://host:port, as the other machine was given',
    ).makeOptionMandatory(),
    new Option('--data <data>', 'a path with data a study may need; may be repeated').argParser(
      collect,
    ),
    new Option('--slots <n>', 'pieces of work at once').argParser(wholeNumber(1)).default(1),
  ],
  examples: ['TEMPER_STUDY_KEY=... temper worker --redis redis://host:6379 --data photos/train'],
  async run(_, { options, output }) {
    const key = process.env.TEMPER_STUDY_KEY
    if (!key)
      throw new UsageError(
        'worker: the environment has no TEMPER_STUDY_KEY. Take the line that the other machine printed.',
      )
    const { findData, remoteActs, work } = await rooms.elsewhere()
    const store = mkdtempSync(join(tmpdir(), 'temper-worker-'))
    const here = (options.data as string[] | undefined) ?? []
    try {
      const outcome = await untilStopped(
        output,
        'stopping: giving back what is not done',
        ({ signal }) =>
          work({
            redis: options.redis as string,
            key,
            acts: remoteActs({ threads: options.threads ?? 1, folder: join(store, 'trials') }),
            store: join(store, 'artefacts'),
            slots: options.slots as number,
            find: needs => findData(needs, here),
            onNote: text => output.note(`worker: ${text}`),
            signal,
          }),
      )
      return outcome.ended ? 0 : outcome.exitCode
    } finally {
      rmSync(store, { recursive: true, force: true })
    }
  },
}
