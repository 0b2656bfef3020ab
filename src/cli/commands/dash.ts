import { Option } from 'commander'
import { type CommandSpec, wholeNumber } from '../command.js'
import { rooms } from '../rooms.js'

export const dash: CommandSpec = {
  name: 'dash',
  summary: 'a live page about runs, on this machine alone; it reads and changes nothing',
  arguments: [{ name: '[dir]', summary: 'where run folders are (default: runs)' }],
  options: [
    new Option('--port <n>', '0 takes any free port').argParser(wholeNumber(0)).default(7070),
  ],
  examples: ['temper dash', 'temper dash runs/demo-1 --port 0'],
  async run([folder = 'runs'], { options, output }) {
    const { startDashboard } = await rooms.dashboard()
    const stopped = new Promise<void>(resolve => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
    })
    const dashboard = await startDashboard({ folder, port: options.port as number })
    output.print(`${dashboard.url}\nCtrl-C ends it.`)
    output.document({ url: dashboard.url })
    await stopped
    await dashboard.close()
    return 0
  },
}
