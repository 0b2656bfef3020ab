import { Random } from '../../../base/index.js'
import { share } from '../../level.js'
import { defineInput } from '../define.js'

const count = (what: string, value: number) => ({
  what,
  unit: 'bands',
  range: [0, 100] as const,
  default: value,
  whole: true,
})

/** Bands of frequency rows and of time columns of a spectrogram `[..., frequency, time]` become its mean. */
export const specAugment = defineInput({
  kind: 'spec_augment',
  what: 'Blanks random bands of frequencies and of time in a spectrogram.',
  modality: 'any',
  unit: 'widest band over the side',
  levels: {
    frequency: share('widest band over all frequencies', 0.2),
    time: share('widest band over the whole time', 0.2),
    frequencyBands: count('bands of frequencies', 2),
    timeBands: count('bands of time', 2),
  },
  identity: { frequency: 0, time: 0 },
  paper: 'Park et al. 2019, SpecAugment (frequency and time masking; no warping)',
  apply(x, out, level, key, { shape }) {
    const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1]
    const random = new Random(key)
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length
    const band = (side: number, widest: number) => {
      const width = Math.floor(random.float() * (widest * side + 1))
      const first = Math.floor(random.float() * (side - width + 1))
      return (i: number) => i >= first && i < first + width
    }
    const bands = (n: number, side: number, widest: number) =>
      Array.from({ length: n }, () => band(side, widest))
    const silentRows = bands(level.frequencyBands, rows, level.frequency)
    const silentColumns = bands(level.timeBands, columns, level.time)
    for (let i = 0; i < x.length; i++) {
      const [row, column] = [Math.floor(i / columns) % rows, i % columns]
      const blank =
        silentRows.some(inside => inside(row)) || silentColumns.some(inside => inside(column))
      out[i] = blank ? mean : x[i]
    }
  },
})
