/** Noise on activations: which numbers each row of a batch feeds to the ports of a noisy graph. */
import { keyOf } from '../base/index.js'
import type { Batch } from '../data/index.js'
import {
  allocatePort,
  clearPort,
  feedsOf,
  fillRow,
  type PortBuffers,
  spreadRow,
} from '../noise/index.js'
import type { ResolvedNoise } from '../recipe/index.js'
import { drawOf, isActive, levelNow, levelsOf, type NoiseTime } from './levels.js'

/** The activation noises that act on a batch, by name. */
export type ActivationDraws = ReadonlyMap<string, ActivationDraw>

export interface ActivationDraw {
  readonly per: 'batch' | 'sample'
  /** Rows of the batch. */
  readonly rows: number
  /** Fills a row of a port's buffers with what row `of` of the batch draws. */
  fill(buffers: PortBuffers, row: number, of: number): void
}

type Drawn = Pick<Batch, 'rows' | 'ids' | 'copies'>

/** What the noises draw for this batch; undefined where none acts, so that the plain graph serves. */
export function activationDraws(
  batch: Drawn,
  all: readonly ResolvedNoise[],
  time: NoiseTime,
): ActivationDraws | undefined {
  const active = all.filter(isActive('activation', time))
  if (!active.length) return undefined
  return new Map(active.map(noise => [noise.name, drawOfNoise(noise, batch, time)]))
}

function drawOfNoise(
  active: ResolvedNoise,
  { rows, ids, copies }: Drawn,
  time: NoiseTime,
): ActivationDraw {
  const { name, redraw } = active
  const purpose = ({ port }: PortBuffers) => `${name} ${port.site.value}`
  if (active.entry.per === 'batch') {
    const level = levelNow(active, time)
    const fill: ActivationDraw['fill'] = (buffers, row) =>
      fillRow(buffers, row, level, keyOf(time.seed, purpose(buffers), drawOf(active, time)))
    return { per: 'batch', rows, fill }
  }
  const epoch = redraw === 'run' ? 0 : time.epoch
  const levelOf = levelsOf(active, time)
  const fill: ActivationDraw['fill'] = (buffers, row, of) => {
    const [id, copy] = [ids[of], copies[of]]
    const key = keyOf(time.seed, purpose(buffers), epoch, id, copy)
    fillRow(buffers, row, levelOf(id, copy), key)
  }
  return { per: 'sample', rows, fill }
}

/** The buffers of one session's ports, by name of the noise. */
export class NoisePorts {
  private readonly filled = new Set<string>()

  constructor(private readonly buffers: ReadonlyMap<string, readonly PortBuffers[]>) {}

  static of(ports: readonly (readonly PortBuffers['port'][])[], names: readonly string[]) {
    return new NoisePorts(
      new Map(names.map((name, i) => [name, ports[i].map(port => allocatePort(port))])),
    )
  }

  /** Draws rows `first`, `first + 1`, ... of the batch; noises that do not act do nothing. */
  fill(draws: ActivationDraws, first: number, rows: number): void {
    for (const [name, buffers] of this.buffers) {
      const draw = draws.get(name)
      if (draw) this.filled.add(name)
      else if (this.filled.delete(name)) buffers.forEach(clearPort)
      if (draw) for (const port of buffers) fillPort(draw, port, first, rows)
    }
  }

  feeds(): Record<string, ReturnType<typeof feedsOf>[string]> {
    return Object.assign({}, ...[...this.buffers.values()].flat().map(feedsOf))
  }
}

function fillPort(draw: ActivationDraw, port: PortBuffers, first: number, rows: number): void {
  if (draw.per === 'batch') {
    draw.fill(port, 0, first)
    spreadRow(port, 0)
    return
  }
  // Rows that fill up a fixed batch count for nothing.
  const counted = Math.min(rows, draw.rows - first)
  for (let row = 0; row < counted; row++) draw.fill(port, row, first + row)
}
