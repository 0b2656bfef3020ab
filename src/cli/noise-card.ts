import { didYouMean, UsageError } from '../base/index.js'
import { color, type Output } from './output.js'
import { rooms } from './rooms.js'
import { textTable } from './table.js'

/** Prints all that is known of the noises of one kind, at every place where it enters. */
export async function printNoiseCards(kind: string, output: Output): Promise<number> {
  const { allNoises } = await rooms.noise()
  const all = allNoises()
  const cards = all.filter(noise => noise.kind === kind)
  if (!cards.length) {
    const near = didYouMean(kind, new Set(all.map(noise => noise.kind)))
    throw new UsageError(
      `list noises: expected a kind of noise, received "${kind}".${near || ' See temper list noises.'}`,
    )
  }
  for (const card of cards) printCard(card, output)
  output.document(cards)
  return 0
}

type Card = Awaited<ReturnType<NoiseRoom['allNoises']>>[number]
type NoiseRoom = Awaited<ReturnType<typeof rooms.noise>>

function printCard(card: Card, output: Output): void {
  const { at, kind, what, unit, levels, identity, presets, paper, caveat, heldOut } = card
  output.print(`${color.bold(kind)} at ${at}: ${what}`)
  output.print()
  const rows = Object.entries(levels).map(([name, field]) => [
    name,
    String(field.default),
    `${field.range[0]} to ${field.range[1]}`,
    field.unit,
    name in identity ? String(identity[name]) : '',
    field.what,
  ])
  if (rows.length)
    output.print(textTable(['level', 'default', 'range', 'unit', 'nothing at', 'what it is'], rows))
  output.print()
  output.print(`strength    ${unit}`)
  output.print(`source      ${paper}`)
  if (heldOut)
    output.print('training    only with allowHeldOut: it belongs to a published test suite')
  if (caveat) output.print(`note        ${caveat}`)
  if ('needs' in card && card.needs?.length) output.print(`needs       ${card.needs.join(', ')}`)
  for (const [name, { levels: severities }] of Object.entries(presets))
    output.print(`${name.padEnd(16)}${severities.map(presetText).join('; ')}`)
  output.print()
}

const presetText = (level: Readonly<Record<string, number>>) => Object.values(level).join(' ')
