/** The published corruption suites, made from the presets of the noise table. */
import { UsageError } from '../../base/index.js'
import { levelOfSeverity, noises } from '../../noise/index.js'
import type { Condition, Suite, SuiteFor } from './suite.js'

/** The four kinds that ImageNet-C keeps apart, for choosing settings. */
const extra = ['speckle_noise', 'gaussian_blur', 'spatter', 'saturate']

type Sized = Parameters<SuiteFor['for']>[0]

/** Hendrycks & Dietterich 2019: 15 kinds at 5 severities, in the preset of the nearest image size. */
const imagenetC: SuiteFor = {
  name: 'imagenet-c',
  tldr: 'the 15 corruptions of ImageNet-C, 5 severities each; levels of 224 or 299 pixels',
  for: data => published('imagenet-c', imagenetPreset(data), data, kind => !extra.includes(kind)),
}

const imagenetCExtra: SuiteFor = {
  name: 'imagenet-c-extra',
  tldr: 'the 4 further corruptions of ImageNet-C: speckle, Gaussian blur, spatter, saturate',
  for: data =>
    published('imagenet-c-extra', imagenetPreset(data), data, kind => extra.includes(kind)),
}

const cifarC: SuiteFor = {
  name: 'cifar-c',
  tldr: 'the 15 corruptions of CIFAR-10-C, 5 severities each; levels of 32 pixels',
  for: data => published('cifar-c', 'cifar-c', data, kind => !extra.includes(kind)),
}

const tinyImagenetC: SuiteFor = {
  name: 'tiny-imagenet-c',
  tldr: 'the 15 corruptions of Tiny-ImageNet-C, 5 severities each; levels of 64 pixels',
  for: data => published('tiny-imagenet-c', 'tiny-imagenet-c', data, kind => !extra.includes(kind)),
}

/** Mu & Gilmer 2019: its own 15 kinds, each at the one severity that was published. */
const mnistC: SuiteFor = {
  name: 'mnist-c',
  tldr: 'the 15 corruptions of MNIST-C at their published severity; 28 pixels',
  for: data => published('mnist-c', 'mnist-c', data, () => true),
}

export const publishedSuites = { imagenetC, imagenetCExtra, cifarC, tinyImagenetC, mnistC }

function imagenetPreset({ shape }: Sized): string {
  return (shape.at(-1) ?? 0) > 260 ? 'imagenet-c/299' : 'imagenet-c/224'
}

function published(
  name: string,
  preset: string,
  data: Sized,
  has: (kind: string) => boolean,
): Suite {
  if (data.kind !== 'image')
    throw new UsageError(
      `suite ${name}: it corrupts images, and ${data.name} holds ${data.kind} samples.`,
    )
  const conditions = Object.values(noises.input)
    .filter(noise => Object.hasOwn(noise.presets, preset) && has(noise.kind))
    .flatMap(noise => conditionsOf(noise.kind, preset))
  return { name, preset, tldr: '', conditions }
}

/** Every severity, or the one that was published. */
function conditionsOf(kind: string, preset: string): Condition[] {
  const noise = noises.input[kind]
  const { levels, published: only } = noise.presets[preset]
  const severities = preset === 'mnist-c' ? [only ?? 1] : levels.map((_, i) => i + 1)
  return severities.map(severity => ({
    at: 'input',
    kind,
    severity,
    level: levelOfSeverity(noise, preset, severity),
    clip: 'physical',
    draws: 1,
  }))
}
