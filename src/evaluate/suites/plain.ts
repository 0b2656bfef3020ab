/** Suites of one noise at growing strength, for any model. */
import { UsageError } from '../../base/index.js'
import type { Suite, SuiteFor } from './suite.js'

const gaussianSigmas = [0.08, 0.12, 0.18, 0.26, 0.38]

/** Gaussian noise on samples in [0, 1]; the five levels are ImageNet-C's (Hendrycks & Dietterich 2019). */
export const gaussian: Suite = {
  name: 'gaussian',
  preset: 'imagenet-c levels',
  tldr: 'Gaussian noise on the input, sigma .08 to .38, clipped to [0, 1] (audio: [-1, 1])',
  conditions: gaussianSigmas.map((sigma, i) => ({
    at: 'input',
    kind: 'gaussian',
    severity: i + 1,
    level: { sigma },
    clip: 'physical',
    draws: 1,
  })),
}

/** White noise from 20 to 0 dB: the range of the speech noise benchmarks. */
export const audioSnr: Suite = {
  name: 'audio-snr',
  preset: '20 to 0 dB',
  tldr: 'white noise on recordings at 20, 15, 10, 5 and 0 dB',
  conditions: [20, 15, 10, 5, 0].map((snr, i) => ({
    at: 'input',
    kind: 'white',
    severity: i + 1,
    level: { snr },
    clip: 'physical',
    draws: 1,
  })),
}

/** Box-shaped rooms of about 4.6 m whose walls take less and less (Sabine: .18 to 1.2 s of echo). */
export const audioRooms: SuiteFor = {
  name: 'audio-rooms',
  tldr: 'recordings in simulated rooms of about 4.6 m, echo times of .18 to 1.2 s',
  for(data) {
    if (data.kind !== 'audio')
      throw new UsageError(
        `suite audio-rooms: it is for recordings, and ${data.name} holds ${data.kind} samples.`,
      )
    return {
      name: 'audio-rooms',
      preset: 'rooms of 4.6 m, mirror images',
      tldr: this.tldr,
      conditions: [0.7, 0.5, 0.35, 0.2, 0.1].map((absorption, i) => ({
        at: 'input',
        kind: 'room',
        severity: i + 1,
        level: { absorption, size: 4.6, wet: 1 },
        clip: 'physical',
        draws: 1,
      })),
    }
  },
}

/** Gaussian noise on tables, in fractions of each feature's standard deviation. */
export const tabular: Suite = {
  name: 'tabular',
  preset: 'fractions of the standard deviation',
  tldr: "Gaussian noise of .05 to .5 of each feature's standard deviation",
  conditions: [0.05, 0.1, 0.2, 0.3, 0.5].map((sigma, i) => ({
    at: 'input',
    kind: 'gaussian',
    severity: i + 1,
    level: { sigma },
    clip: null,
    draws: 1,
  })),
}
