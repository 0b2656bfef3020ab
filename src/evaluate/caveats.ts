import { type Card, noises } from '../noise/index.js'
import type { Scorecard } from '../record/index.js'

/** What a reader of the figures has to know of the noises of a suite, a sentence a kind. */
export function caveatsOf(
  conditions: readonly Pick<Scorecard['conditions'][number], 'at' | 'kind'>[],
) {
  const said = new Map<string, string>()
  for (const { at, kind } of conditions) {
    const rows = (noises as Readonly<Record<string, Readonly<Record<string, Card>> | undefined>>)[
      at
    ]
    const caveat = rows?.[kind]?.caveat
    if (caveat) said.set(kind, `${kind}: ${caveat}`)
  }
  return [...said.values()]
}
