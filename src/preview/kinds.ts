import { expected, UsageError } from '../base/index.js'
import type { SampleFile } from '../data/index.js'
import { type InputNoise, noiseOf, noises, suites } from '../noise/index.js'

/** A noise to show, and the suite it was asked for with. */
export interface Wanted {
  readonly noise: InputNoise
  readonly preset?: string
}

const words = { image: 'pictures', audio: 'sound' } as const

/**
 * The noises of these names; a suite's name (`cifar-c`) stands for all its corruptions.
 * Throws UsageError on an unknown name and on a kind that does not fit the file.
 */
export function wantedNoises(names: readonly string[], file: SampleFile, path: string): Wanted[] {
  return names.flatMap(name => {
    const suite = suiteNamed(name, file)
    const kinds = suite ? Object.values(noises.input).filter(n => n.presets[suite]) : [kindOf(name)]
    return kinds.map(noise => {
      refuseModality(noise, file.kind, path)
      return { noise, preset: suite }
    })
  })
}

function suiteNamed(name: string, { shape }: SampleFile): string | undefined {
  if (name === 'imagenet-c') return (shape.at(-1) ?? 0) > 260 ? 'imagenet-c/299' : 'imagenet-c/224'
  return Object.hasOwn(suites, name) ? name : undefined
}

function kindOf(name: string): InputNoise {
  return noiseOf('input', name, 'noise')
}

function refuseModality({ kind, modality }: InputNoise, found: 'image' | 'audio', path: string) {
  if (modality === 'any' || modality === found) return
  const fitting = Object.values(noises.input).filter(n => n.modality === found)
  const some = fitting.slice(0, 6).map(n => n.kind)
  throw new UsageError(
    expected(
      'noise.kind',
      `a noise for ${words[found]}, which is what ${path} holds`,
      kind,
      `It is for ${words[modality]}. For ${words[found]} there are ${some.join(', ')}, ...; see temper list noises.`,
    ),
  )
}
