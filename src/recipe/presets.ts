/** Recipes to start from, each with a word on every choice. */
import { didYouMean, expected, UsageError } from '../base/index.js'

export interface PresetFill {
  /** DATA to train on; default: a name to be replaced. */
  readonly train: string
  /** DATA of its own for validation and test, or shares held back by hash. */
  readonly validation: string | number
  readonly test: string | number
  /** The ONNX file that is fine-tuned. */
  readonly model: string
  /** Of recordings, hertz. */
  readonly sampleRate: number
}

export interface Preset {
  /** One line for lists. */
  readonly tldr: string
  /** The kinds of samples it is for. */
  readonly takes: 'image' | 'audio' | 'table' | 'series'
  /** What stands in the recipe where nothing is given. */
  readonly usual: PresetFill
  /** The recipe as YAML. */
  text(fill: PresetFill): string
}

const held = { validation: 0.1, test: 0.1, model: 'model.onnx', sampleRate: 16_000 }

const data = ({ train, validation, test }: PresetFill) => `data:
  train: ${JSON.stringify(train)}        # DATA: a name with a split, a folder, a file
  validation: ${JSON.stringify(validation)}   # a share held back by hash, or DATA of its own: it selects
  test: ${JSON.stringify(test)}         # the same: measured once, at the end`

const monitor = (suite: string, drop: string) => `monitor:
  suite: ${suite}        # what the noisy measures are taken under (temper list suites)
  every: 1ep
  maxCleanDrop: ${drop}    # clean score the noise may cost
  onOveruse: adjust     # lower a noise that costs more; or warn, stop

seed: 0                 # the same seed gives the same bits
`

/** The presets of `temper init`, in the order in which they are listed. */
export const presets = {
  'image-small': {
    tldr: 'a fresh network on small images (28x28 to 64x64), hardened against pixel noise',
    takes: 'image',
    usual: { ...held, train: 'fashion-mnist:train', test: 'fashion-mnist:test' },
    text: fill => `# Small images: a fresh network that holds up under noise on its pixels.
# Train it with: temper train recipe.yaml

model:
  network: cnn          # or resnet8, resnet20: slower, better on colour (temper list networks)

${data(fill)}

optimizer:
  kind: adam
  learningRate: { cosine: [2e-3, 1e-5] }    # from the first value down to the second
  clipNorm: 1

train:
  epochs: 10
  batch: 128

noise:
  # Three samples in four get Gaussian noise; its strength is drawn for each sample, up to a bound
  # that grows during the first 60 % of the run. The rest stays clean, which keeps clean accuracy.
  - at: input
    kind: gaussian
    sigma: { uniform: [0, { ramp: [0.1, 0.4], to: 60% }] }    # pixels count from 0 to 1
    clip: [0, 1]
    share: 0.75
  # Labels that are a little unsure: better calibrated answers.
  - { at: target, kind: smoothing, amount: 0.05 }

${monitor('gaussian', '0.01')}`,
  },
  'image-fine-tune': {
    tldr: 'an ONNX image classifier of your own, fine-tuned to hold up under noise',
    takes: 'image',
    usual: { ...held, train: 'photos' },
    text: fill => `# An image classifier of your own, fine-tuned under noise; its file keeps names, inputs and opset.
# Train it with: temper train recipe.yaml

model:
  file: ${JSON.stringify(fill.model)}
  # freeze: ["backbone.*"]   # parameters that stay as they are

${data(fill)}

# How pixels in [0, 1] become the model's input, where the file does not say it itself:
# preprocess:
#   size: [224, 224]
#   mean: [0.485, 0.456, 0.406]
#   std: [0.229, 0.224, 0.225]

optimizer:
  kind: adam
  learningRate: { cosine: [1e-4, 1e-6] }    # small: the model knows its task already
  clipNorm: 1

train:
  epochs: 5
  batch: 32
  batchNormalization: frozen         # its running statistics stay those of clean images

noise:
  # Two samples in three get Gaussian noise of a strength drawn for each.
  - at: input
    kind: gaussian
    sigma: { uniform: [0, { ramp: [0.05, 0.25], to: 60% }] }
    clip: [0, 1]
    share: 0.67

monitor:
  suite: gaussian
  every: 1ep
  maxCleanDrop: 0.01
  baseline: given       # the drop is counted from the model as it was given
  onOveruse: adjust

seed: 0
`,
  },
  'speech-commands': {
    tldr: 'keyword spotting on raw audio: log-mel features inside the network, noise on the waveform',
    takes: 'audio',
    usual: {
      ...held,
      train: 'speech_commands:train',
      validation: 'speech_commands:validation',
      test: 'speech_commands:test',
    },
    text: fill => `# Keyword spotting that works in noise. The network takes the raw waveform: its features are part
# of the exported model, and the noise is added before them, as in life.
# Train it with: temper train recipe.yaml

model:
  network: ds-cnn       # depthwise separable convolutions, about 22 thousand weights; or cnn
  features:
    kind: log-mel       # or mfcc
    window: 0.03        # seconds
    hop: 0.02
    bands: 40

${data(fill)}

preprocess:
  sampleRate: ${fill.sampleRate}     # recordings of another rate are resampled
  seconds: 1            # longer ones are cut, shorter ones padded

optimizer:
  kind: adam
  learningRate: { cosine: [2e-3, 1e-5] }
  clipNorm: 1

train:
  epochs: 20
  batch: 64

noise:
  # Words do not always begin at the same moment.
  - { at: input, kind: time_shift, reach: 0.1 }
  # Three recordings in four get white or pink noise at a ratio drawn for each; 0 dB is as loud as the voice.
  - { at: input, kind: white, snr: { uniform: [0, 20] }, share: 0.5 }
  - { at: input, kind: pink, snr: { uniform: [0, 20] }, share: 0.5 }

${monitor('audio-snr', '0.01')}`,
  },
  tabular: {
    tldr: 'a fresh network on a table of numbers, hardened against measuring errors',
    takes: 'table',
    usual: { ...held, train: 'table.csv' },
    text: fill => `# A table of numbers: one row a sample, the label in the last column (or data.label: NAME).
# Train it with: temper train recipe.yaml

model:
  network: mlp
  standardize: true     # the network begins with (x - mean) / deviation: it takes the raw numbers

${data(fill)}

optimizer:
  kind: adam
  learningRate: { cosine: [1e-3, 1e-5] }
  weightDecay: 1e-4
  clipNorm: 1

train:
  epochs: 30
  batch: 64

noise:
  # Errors of measurement: sigma counts in each column's own standard deviation.
  - { at: input, kind: gaussian, sigma: { uniform: [0, 0.3] }, share: 0.75 }

${monitor('tabular', '0.01')}`,
  },
  'sensor-series': {
    tldr: 'a fresh network on series of several channels (.npz, x [samples, channel, time])',
    takes: 'series',
    usual: { ...held, train: 'series.npz' },
    text: fill => `# Series of sensor values: x [samples, channel, time] and y [samples] in one .npz file.
# Train it with: temper train recipe.yaml

model:
  network: cnn1d
  standardize: true     # each channel by its own mean and deviation, inside the network

${data(fill)}
  format: series        # x is series, not pictures: [channel, time]

optimizer:
  kind: adam
  learningRate: { cosine: [1e-3, 1e-5] }
  clipNorm: 1

train:
  epochs: 20
  batch: 64

noise:
  # Noise of the sensor, in each channel's own deviation; and stretches in which it says nothing.
  - { at: input, kind: gaussian, sigma: { uniform: [0, 0.3] }, share: 0.75 }
  - { at: input, kind: masking, amount: { uniform: [0, 0.1] }, share: 0.3 }

${monitor('tabular', '0.01')}`,
  },
} as const satisfies Readonly<Record<string, Preset>>

export type PresetName = keyof typeof presets

/** A preset as YAML with what is known of data and model filled in; throws UsageError for an unknown name. */
export function presetRecipe(name: string, fill: Partial<PresetFill> = {}): string {
  const names = Object.keys(presets)
  if (!Object.hasOwn(presets, name))
    throw new UsageError(
      expected('preset', `one of ${names.join(', ')}`, name, didYouMean(name, names).trim()),
    )
  const preset: Preset = presets[name as PresetName]
  return preset.text({ ...preset.usual, ...fill })
}
