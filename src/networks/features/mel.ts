/** The mel scale and its triangular filters, as torchaudio's `melscale_fbanks` defines them. */
import { exactExp, exactLog } from '../../base/index.js'

export type MelScale = 'htk' | 'slaney'

interface Scale {
  toMel(hertz: number): number
  toHertz(mel: number): number
}

/** Slaney's scale is linear up to here, 15 mels of 200/3 Hz each, then 27 mels a factor of 6.4. */
const corner = { hertz: 1000, mel: 15 }
const linearStep = 200 / 3
const logStep = exactLog(6.4) / 27

/** mel = 2595 log10(1 + f / 700) (O'Shaughnessy 1987, HTK); or Slaney 1998, Auditory toolbox. */
const scales: Readonly<Record<MelScale, Scale>> = {
  htk: {
    toMel: hertz => (2595 / Math.LN10) * exactLog(1 + hertz / 700),
    toHertz: mel => 700 * (exactExp((mel * Math.LN10) / 2595) - 1),
  },
  slaney: {
    toMel: hertz =>
      hertz < corner.hertz
        ? hertz / linearStep
        : corner.mel + exactLog(hertz / corner.hertz) / logStep,
    toHertz: mel =>
      mel < corner.mel ? mel * linearStep : corner.hertz * exactExp((mel - corner.mel) * logStep),
  },
}

export interface MelFilters {
  /** Filters. */
  bands: number
  /** Frequencies of the spectrum, from 0 to half the rate. */
  bins: number
  /** Hertz. */
  sampleRate: number
  /** Lower end of the first filter and upper end of the last one, hertz. */
  range: readonly [low: number, high: number]
  scale: MelScale
  /** `slaney` divides each filter by half its width in hertz, so that all weigh the same. */
  norm: 'none' | 'slaney'
}

/**
 * Weights `[bands][bins]`: triangles between points equally apart on the mel scale,
 * `max(0, min((f - f[m-1]) / (f[m] - f[m-1]), (f[m+1] - f) / (f[m+1] - f[m])))`.
 */
export function melFilters(filters: MelFilters): Float64Array[] {
  const { bands, bins, sampleRate, range, norm } = filters
  const { toMel, toHertz } = scales[filters.scale]
  const [low, high] = range.map(toMel)
  const points = Array.from({ length: bands + 2 }, (_, i) =>
    toHertz(low + ((high - low) * i) / (bands + 1)),
  )
  return Array.from({ length: bands }, (_, m) => {
    const [from, middle, to] = points.slice(m, m + 3)
    const size = norm === 'slaney' ? 2 / (to - from) : 1
    return Float64Array.from({ length: bins }, (_, bin) => {
      const f = (bin * sampleRate) / 2 / (bins - 1)
      return size * Math.max(0, Math.min((f - from) / (middle - from), (to - f) / (to - middle)))
    })
  })
}
