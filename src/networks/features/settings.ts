import { expected, UsageError } from '../../base/index.js'
import type { MelScale } from './mel.js'

/** What stands between the waveform and the network. */
export const featureKinds = {
  'log-mel': 'the logarithm of the energy in bands equally apart on the mel scale',
  mfcc: 'the cosine transform of the log-mel energies (mel-frequency cepstral coefficients)',
} as const

export type FeatureKind = keyof typeof featureKinds

/** Spectral features; what is not said takes its default. */
export interface FeatureOptions {
  kind: FeatureKind
  /** Length of the Hann window, seconds; default 0.03. */
  window?: number
  /** From one window to the next, seconds; default 0.01. */
  hop?: number
  /** Length of the Fourier transform, samples; default: the power of two from the window on. */
  fftSize?: number
  /** Mel bands; default 40. */
  bands?: number
  /** Ends of the lowest and of the highest band, hertz; default 20 and half the rate. */
  range?: readonly [low: number, high: number]
  /** Default `htk`. */
  melScale?: MelScale
  /** `slaney` gives every band the same weight; default `none`. */
  melNorm?: 'none' | 'slaney'
  /** `natural`: ln(energy + 1e-6). `decibel`: 10 log10, at most 80 dB below the loudest. Default `natural`. */
  log?: 'natural' | 'decibel'
  /** `mfcc`: how many, default 13. */
  coefficients?: number
}

/** Feature options for a rate, complete: lengths in samples. */
export interface FeatureSettings extends Required<Omit<FeatureOptions, 'window' | 'hop'>> {
  readonly sampleRate: number
  readonly window: number
  readonly hop: number
}

/** Fills in the defaults; throws UsageError naming the option that does not fit the waveform. */
export function featureSettings(
  options: FeatureOptions,
  { sampleRate, samples }: { sampleRate: number; samples: number },
): FeatureSettings {
  const window = Math.round((options.window ?? 0.03) * sampleRate)
  const settings: FeatureSettings = {
    kind: options.kind,
    sampleRate,
    window,
    hop: Math.round((options.hop ?? 0.01) * sampleRate),
    fftSize: options.fftSize ?? 2 ** Math.ceil(Math.log2(Math.max(window, 1))),
    bands: options.bands ?? 40,
    range: options.range ?? [20, sampleRate / 2],
    melScale: options.melScale ?? 'htk',
    melNorm: options.melNorm ?? 'none',
    log: options.log ?? 'natural',
    coefficients: options.coefficients ?? 13,
  }
  check(settings, samples)
  return settings
}

function check(s: FeatureSettings, samples: number): void {
  const seconds = (count: number) => `${count} samples (at ${s.sampleRate} Hz)`
  const { window, hop, fftSize, range, bands, coefficients } = s
  refuse(
    !Object.hasOwn(featureKinds, s.kind),
    'kind',
    Object.keys(featureKinds).join(' or '),
    s.kind,
  )
  refuse(window < 4, 'window', 'at least 4 samples', seconds(window))
  refuse(hop < 1, 'hop', 'at least 1 sample', seconds(hop))
  refuse(fftSize < window, 'fftSize', `at least the window, ${window}`, fftSize)
  refuse(fftSize > 16_384, 'fftSize', 'at most 16384', fftSize)
  const half = s.sampleRate / 2
  const isRange = range[0] >= 0 && range[0] < range[1] && range[1] <= half
  refuse(!isRange, 'range', `two rising frequencies from 0 to ${half} Hz`, `[${range.join(', ')}]`)
  refuse(bands < 1 || bands > fftSize / 2, 'bands', `from 1 to ${fftSize / 2}`, bands)
  refuse(
    s.kind === 'mfcc' && (coefficients < 1 || coefficients > bands),
    'coefficients',
    `from 1 to the ${bands} bands`,
    coefficients,
  )
  refuse(
    samples <= fftSize / 2,
    'fftSize',
    `less than twice the ${samples} samples of a recording`,
    fftSize,
  )
}

function refuse(isWrong: boolean, option: string, wanted: string, came: unknown): void {
  if (isWrong) throw new UsageError(expected(`features.${option}`, wanted, came))
}
