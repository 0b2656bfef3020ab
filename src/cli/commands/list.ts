import { didYouMean, UsageError } from '../../base/index.js'
import type { CommandSpec } from '../command.js'
import { printNoiseCards } from '../noise-card.js'
import { rooms } from '../rooms.js'
import { textTable } from '../table.js'

interface Listing {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What can be listed, each from the table in the code that the work itself uses. */
const listings: Readonly<Record<string, () => Promise<Listing>>> = {
  async noises() {
    const { allNoises, ascents } = await rooms.noise()
    const asking = Object.values(ascents).flatMap(rows => Object.values(rows))
    const rows = [...allNoises(), ...asking].map(noise => [
      noise.at,
      noise.kind,
      Object.keys(noise.levels).join(', '),
      Object.keys(noise.presets).join(', '),
      noise.what,
      noise.paper,
    ])
    return { header: ['at', 'kind', 'levels', 'presets', 'what it does', 'source'], rows }
  },

  async suites() {
    const { suites } = await rooms.evaluate()
    const rows = Object.values(suites).map(s => [s.name, s.tldr])
    return { header: ['suite', 'what it measures'], rows }
  },

  async schedules() {
    const { draws, schedules } = await rooms.schedule()
    const rows = Object.entries({ ...schedules, ...draws }).map(([name, form]) => [
      name,
      JSON.stringify(form.example),
      form.summary,
    ])
    return { header: ['form', 'example', 'what it does'], rows }
  },

  async losses() {
    const { losses } = await rooms.autodiff()
    const rows = Object.entries(losses).map(([name, loss]) => [
      name,
      Object.keys(loss.parameters).join(', '),
      loss.about,
      'paper' in loss ? String(loss.paper ?? '') : '',
    ])
    return { header: ['loss', 'parameters', 'what it is', 'source'], rows }
  },

  async optimizers() {
    const { optimizers } = await rooms.train()
    const rows = Object.entries(optimizers).map(([name, row]) => [name, row.tldr, row.paper])
    return { header: ['optimizer', 'what it is', 'source'], rows }
  },

  async metrics() {
    const { metrics } = await rooms.metrics()
    const rows = Object.entries(metrics).flatMap(([task, table]) =>
      table.map(({ name, better, meaning, paper }) => [name, task, better, meaning, paper ?? '']),
    )
    return { header: ['metric', 'task', 'better', 'what it says', 'source'], rows }
  },

  async networks() {
    const { networks } = await rooms.networks()
    const rows = Object.entries(networks).map(([name, n]) => [name, n.takes, n.tldr, n.paper])
    return { header: ['network', 'takes', 'what it is', 'source'], rows }
  },

  async presets() {
    const { presets } = await rooms.recipe()
    const rows = Object.entries(presets).map(([name, preset]) => [name, preset.takes, preset.tldr])
    return { header: ['preset', 'takes', 'what it makes'], rows }
  },

  async ops() {
    const { isStop, rules } = await rooms.autodiff()
    const rows = Object.entries(rules).map(([name, row]) =>
      isStop(row)
        ? [name, row.kind === 'none' ? 'stops' : 'refused', row.reason]
        : [name, 'trains', ''],
    )
    return { header: ['operator', 'gradient', 'why not'], rows }
  },

  async data() {
    const { builtIns } = await rooms.data()
    return { header: ['data'], rows: Object.keys(builtIns).map(name => [name]) }
  },
}

export const list: CommandSpec = {
  name: 'list',
  summary: `every name one may use: ${Object.keys(listings).join(', ')}`,
  arguments: [
    { name: '<what>', summary: Object.keys(listings).join(' | ') },
    { name: '[kind]', summary: 'with noises: all that is known of one' },
  ],
  examples: ['temper list noises', 'temper list noises pink', 'temper list suites --json'],
  async run([what, kind], { output }) {
    if (!Object.hasOwn(listings, what))
      throw new UsageError(
        `list: expected one of ${Object.keys(listings).join(', ')}, received "${what}".${didYouMean(what, Object.keys(listings))}`,
      )
    if (kind !== undefined) {
      if (what !== 'noises')
        throw new UsageError(`list: only noises have a card each, received "${what} ${kind}".`)
      return printNoiseCards(kind, output)
    }
    const { header, rows } = await listings[what]()
    output.print(textTable(header, rows))
    output.document(rows.map(row => Object.fromEntries(row.map((cell, i) => [header[i], cell]))))
    return 0
  },
}
