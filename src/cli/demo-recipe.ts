/** What the demo trains: the same network, data and seed, without and with noise. */

/** The names of `temper demo --data`. */
export const demoData = ['fashion-mnist', 'mnist', 'spoken-digits'] as const
export type DemoData = (typeof demoData)[number]

const imageSizes = {
  full: { epochs: 6, limit: undefined, suite: 'gaussian,weights' },
  quick: { epochs: 4, limit: 20_000, suite: 'gaussian' },
} as const

/** Times each voice says each digit, and what is measured. */
export const speechSizes = {
  full: { takes: { train: 16, test: 5 }, epochs: 30, suite: 'audio-snr,audio-rooms' },
  quick: { takes: { train: 6, test: 2 }, epochs: 30, suite: 'audio-snr' },
} as const

export interface DemoChoice {
  readonly size: 'full' | 'quick'
  readonly isTempered: boolean
  readonly seed: number
}

export function imageRecipe(data: string, { size, isTempered, seed }: DemoChoice) {
  const { epochs, limit, suite } = imageSizes[size]
  return {
    model: { network: 'cnn' },
    data: {
      train: `${data}:train`,
      test: `${data}:test`,
      validation: 0.1,
      ...(limit && { limit }),
    },
    optimizer: { kind: 'adam', learningRate: { cosine: [3e-3, 1e-5] } },
    train: { epochs, batch: 128 },
    noise: isTempered
      ? [
          {
            at: 'input',
            kind: 'gaussian',
            sigma: { uniform: [0, { ramp: [0.1, 0.4], to: '60%' }] },
            clip: [0, 1],
            share: 0.75,
          },
        ]
      : [],
    monitor: { suite },
    seed,
  }
}

/** Keyword spotting on raw audio; `data` is what stands under `data:` in the recipe. */
export function speechRecipe(data: object, { size, isTempered, seed }: DemoChoice) {
  const { epochs, suite } = speechSizes[size]
  return {
    model: {
      network: 'cnn',
      features: { kind: 'log-mel', window: 0.032, hop: 0.025, bands: 32 },
    },
    data,
    preprocess: { sampleRate: 16_000, seconds: 0.8 },
    optimizer: { kind: 'adam', learningRate: { cosine: [2e-3, 1e-5] } },
    train: { epochs, batch: 32 },
    noise: isTempered
      ? [
          { at: 'input', kind: 'time_shift', reach: 0.1 },
          { at: 'input', kind: 'white', snr: { uniform: [0, 20] }, share: 0.75 },
        ]
      : [],
    // Each epoch is short: a look at every fifth is enough.
    monitor: { suite, every: '5ep' },
    seed,
  }
}
