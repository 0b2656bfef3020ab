import { Option } from 'commander'
import { UsageError } from '../../base/index.js'
import { isCertificate, reportCertificates } from '../certificates.js'
import type { CommandSpec } from '../command.js'
import { distinctlyNamed, readSource, stripOfRuns, writeReport } from '../reporting.js'

export const report: CommandSpec = {
  name: 'report',
  summary:
    'one self-contained HTML page about runs, scorecards or certificates; several are compared',
  arguments: [
    {
      name: '<sources...>',
      summary: 'run folders or scorecard files, the baseline first; or certificates',
    },
  ],
  options: [new Option('--out <file>', 'where the page goes').default('report.html')],
  examples: [
    'temper report runs/demo-1/plain runs/demo-1/tempered --out compare.html',
    'temper report certificate.json --out certificate.html',
  ],
  async run([paths], context) {
    const { options, output } = context
    const given = paths as unknown as string[]
    if (new Set(given).size < given.length)
      throw new UsageError(`report: expected different sources, received ${given.join(', ')}.`)
    const out = options.out as string
    if (given.some(isCertificate)) {
      const names = await reportCertificates(given, out)
      output.print(out)
      output.document({ file: out, sources: names })
      return 0
    }
    const read = []
    for (const path of given) read.push(await readSource(path))
    const sources = distinctlyNamed(read, given)
    const names = sources.map(source => source.name)
    await writeReport(sources, out, await stripOfRuns(sources, context))
    output.print(out)
    output.document({ file: out, sources: names })
    return 0
  },
}
