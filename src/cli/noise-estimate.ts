import type { Estimate } from '../estimate/index.js'
import { color, type Output } from './output.js'
import { textTable } from './table.js'

type Spread = NonNullable<NonNullable<Estimate['images']>['noise']>

/** Prints what was found in a folder and what a recipe could do about it. */
export async function printEstimate(output: Output, estimate: Estimate): Promise<void> {
  const { images, sound, unreadable, proposals, notes, path } = estimate
  const counts = [
    images && `${images.files} pictures`,
    sound && `${sound.files} recordings`,
    unreadable.length ? `${unreadable.length} unreadable files` : undefined,
  ]
  output.print(`${color.bold(path)}: ${counts.filter(Boolean).join(', ')}`)
  output.print()
  const rows = [
    row('noise, standard deviation of pixels in [0, 1]', images?.noise, 4),
    row('blur at edges, pixels (sharp: about 0.5 to 0.8)', images?.blur, 2),
    row('JPEG quality, of those compressed', images?.quality, 0),
    row('signal-to-noise ratio, dB', sound?.snrDb, 1),
    row('slope of the noise, dB an octave', sound?.slopeDb, 1),
    row('share of samples clipped', sound?.clipped, 4),
  ].filter(cells => cells.length)
  output.print(textTable(['estimate', '10 %', 'median', '90 %', 'files'], rows))
  output.print()
  for (const note of notes) output.note(`${color.yellow('note:')} ${note}`)
  for (const { file, reason } of unreadable.slice(0, 5))
    output.note(`${color.yellow('unreadable:')} ${file}: ${reason}`)
  if (!proposals.length) return
  const { stringify } = await import('yaml')
  output.print('For a recipe:')
  output.print()
  for (const { why } of proposals) output.print(`# ${why}`)
  output.print(
    stringify(
      { noise: proposals.map(({ entry }) => entry) },
      { flowCollectionPadding: true },
    ).trimEnd(),
  )
}

function row(name: string, spread: Spread | undefined, digits: number): string[] {
  if (!spread) return []
  const { p10, median, p90, files } = spread
  return [name, ...[p10, median, p90].map(value => value.toFixed(digits)), String(files)]
}
